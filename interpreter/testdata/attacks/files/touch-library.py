# try: change the mode and the time of a module of Python
# layer: private root
# effect: word: they are changed
# want: stopped|Read-only|PermissionError|FileNotFoundError
# bare: no, it would change this machine's Python
# without: either
import os
path = os.__file__
if not os.access(path, os.W_OK) and os.stat(path).st_uid != os.getuid():
    print('stopped: it belongs to another user')
else:
    os.chmod(path, os.stat(path).st_mode)
    effect('they are changed')
