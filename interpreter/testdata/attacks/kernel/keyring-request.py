# try: have the kernel start a program that finds a key
# layer: seccomp
# effect: word: the call is made
# want: PermissionError.*request_key
# without: either
# bare: no, a kernel need not have it
import ctypes
try:
    call('request_key', ctypes.create_string_buffer(b'user'), ctypes.create_string_buffer(KEY.encode()), ctypes.create_string_buffer(b'x'), 0)
except PermissionError:
    raise
except OSError:
    pass
effect('the call is made')
