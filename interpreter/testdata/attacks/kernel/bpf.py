# try: load a program into the kernel
# layer: seccomp
# effect: word: a map is made
# want: PermissionError.*bpf
# short: yes
# bare: as root
import ctypes, struct
call('bpf', 0, ctypes.create_string_buffer(struct.pack('IIIII', 2, 4, 8, 1, 0) + bytes(100)), 120)
effect('a map is made')
