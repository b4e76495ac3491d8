# try: set the machine's clock with settimeofday
# layer: seccomp
# effect: kernel: the clock has moved
# want: PermissionError.*settimeofday
# bare: no, it would change this machine
import ctypes, struct
call('settimeofday', ctypes.create_string_buffer(struct.pack('qq', 0, 0)), 0)
