# try: leave a module beside those of Python, which the next session would import
# layer: private root
# effect: word: the module is there
# want: Read-only file system|PermissionError|FileNotFoundError
# bare: no, it would change this machine's Python
import os
path = os.path.join(os.path.dirname(os.__file__), 'attack.py')
open(path, 'w').write('x')
os.remove(path)
effect('the module is there')
