# try: read another program's memory without /proc
# layer: seccomp
# effect: word: it is read
# want: PermissionError.*process_vm_readv
# bare: no, addresses are not known
import ctypes, struct
buffer = ctypes.create_string_buffer(4096)
own = ctypes.create_string_buffer(struct.pack('QQ', ctypes.addressof(buffer), 4096))
far = ctypes.create_string_buffer(struct.pack('QQ', 0x400000, 4096))
call('process_vm_readv', PARENT, own, 1, far, 1, 0)
effect('it is read')
