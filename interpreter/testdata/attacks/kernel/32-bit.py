# try: make a system call as a 32-bit program, whose numbers mean something else
# layer: seccomp
# effect: word: it is answered
# want: Crash: .*signal 31|no such
# without: either
# bare: no, a kernel need not have it
# short: yes
import ctypes, mmap, platform
if platform.machine() != 'x86_64':
    raise SystemExit('no such instruction')
code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(bytes.fromhex('53b814000000cd805bc3'))  # push rbx; mov eax, 20 (getpid); int 0x80; pop rbx; ret
function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
print(function())
effect('it is answered')
