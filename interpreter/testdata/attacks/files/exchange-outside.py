# try: exchange a file of the workspace with one outside
# layer: private root
# effect: file: the file has another content
# want: FileNotFoundError|PermissionError|Invalid cross-device
import ctypes
open('own', 'w').write('own')
library = ctypes.CDLL(None, use_errno=True)
if library.renameat2(-100, b'own', -100, FILE.encode(), 2) != 0:
    raise OSError(ctypes.get_errno(), 'renameat2')
