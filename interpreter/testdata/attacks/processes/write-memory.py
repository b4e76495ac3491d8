# try: write into another program's memory without /proc
# layer: seccomp
# effect: word: it is written
# want: PermissionError.*process_vm_writev
# bare: no, addresses are not known
import ctypes, struct
buffer = ctypes.create_string_buffer(8)
own = ctypes.create_string_buffer(struct.pack('QQ', ctypes.addressof(buffer), 8))
far = ctypes.create_string_buffer(struct.pack('QQ', 0x400000, 8))
call('process_vm_writev', PARENT, own, 1, far, 1, 0)
effect('it is written')
