# try: overwrite the interpreter
# layer: private root
# effect: word: it is open for writing
# want: Read-only|PermissionError|Text file busy|FileNotFoundError
# bare: no, it would change this machine's Python
import sys, os
os.open(os.path.realpath(sys.executable), os.O_RDWR)
effect('it is open for writing')
