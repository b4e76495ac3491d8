# try: have the kernel read and write by the older asynchronous calls
# layer: seccomp
# effect: word: the queue is there
# want: PermissionError.*io_setup
# without: effect
import ctypes
call('io_setup', 4, ctypes.byref(ctypes.c_ulong(0)))
effect('the queue is there')
