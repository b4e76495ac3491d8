# try: learn an address inside another program
# layer: pid namespace
# effect: word: it is known
# want: ProcessLookupError|PermissionError
import ctypes
head, size = ctypes.c_void_p(), ctypes.c_size_t()
call('get_robust_list', VICTIM, ctypes.byref(head), ctypes.byref(size))
effect('it is known')
