# try: send a signal with data
# layer: pid namespace
# effect: process: it is gone
# want: ProcessLookupError|PermissionError
import ctypes, os, struct
info = ctypes.create_string_buffer(struct.pack('iii', 9, 0, -1) + struct.pack('Iii', 0, os.getpid(), os.getuid()) + bytes(104))
call('rt_sigqueueinfo', VICTIM, 9, info)
