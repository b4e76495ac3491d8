# try: become root in a user namespace and mount things there
# layer: seccomp
# effect: word: it is mounted
# want: PermissionError.*unshare
# without: either
import ctypes, os
call('unshare', 0x10020000)
os.makedirs('m', exist_ok=True)
call('mount', ctypes.create_string_buffer(b'x'), ctypes.create_string_buffer(b'm'), ctypes.create_string_buffer(b'tmpfs'), 0, 0)
effect('it is mounted')
