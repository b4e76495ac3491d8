# try: join other groups
# layer: seccomp
# effect: word: it has joined
# want: PermissionError.*setgroups
# bare: as root
import ctypes, struct
call('setgroups', 1, ctypes.create_string_buffer(struct.pack('I', 0)))
effect('it has joined')
