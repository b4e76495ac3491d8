# try: lock memory so that it cannot be paged out
# layer: rlimits
# effect: word: it is locked
# want: Cannot allocate memory|Operation not permitted
# bare: as root
import ctypes
library = ctypes.CDLL(None, use_errno=True)
data = ctypes.create_string_buffer(16 << 20)
if library.mlock(data, len(data)) != 0:
    raise OSError(ctypes.get_errno(), 'Cannot allocate memory' if ctypes.get_errno() == 12 else 'Operation not permitted')
effect('it is locked')
