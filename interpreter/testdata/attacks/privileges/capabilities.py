# try: give itself every capability
# layer: seccomp
# effect: word: it has them
# want: PermissionError.*capset
# bare: no, root has them
# short: yes
import ctypes, struct
call('capset', ctypes.create_string_buffer(struct.pack('Ii', 0x20080522, 0)), ctypes.create_string_buffer(struct.pack('IIIIII', 0xffffffff, 0xffffffff, 0, 0xffffffff, 0xffffffff, 0)))
effect('it has them')
