# try: make segments of its own, a road to old faults of the kernel
# layer: seccomp
# effect: word: it can
# want: PermissionError
# without: either
# bare: no, a kernel need not have it
import ctypes, platform, struct
if platform.machine() != 'x86_64':
    raise PermissionError('no such call')
call(154, 1, ctypes.create_string_buffer(struct.pack('IIII', 0, 0, 0xfffff, 0x51)), 16)
effect('it can')
