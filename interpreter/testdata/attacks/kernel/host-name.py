# try: change the machine's name
# layer: seccomp
# effect: kernel: it has another
# want: PermissionError.*sethostname
# bare: no, it would change this machine
import ctypes
call('sethostname', ctypes.create_string_buffer(b'owned'), 5)
