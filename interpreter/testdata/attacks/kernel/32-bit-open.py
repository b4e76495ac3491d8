# try: open a file as a 32-bit program
# layer: seccomp
# effect: leak: the file's text is shown
# want: Crash: .*signal 31|no such
# bare: no, a kernel need not have it
import ctypes, mmap, os, platform
if platform.machine() != 'x86_64':
    raise SystemExit('no such instruction')
code = mmap.mmap(-1, 8192, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40)
at = ctypes.addressof(ctypes.c_char.from_buffer(code))
assert at < 1 << 32
code[4096:4096 + len(SECRET) + 1] = SECRET.encode() + b'\0'
code[0:19] = bytes.fromhex('53bb') + (at + 4096).to_bytes(4, 'little') + bytes.fromhex('31c9b805000000cd805bc3') + b'\0\0'
fd = ctypes.CFUNCTYPE(ctypes.c_int)(at)()
print(fd, os.read(fd, 100))
