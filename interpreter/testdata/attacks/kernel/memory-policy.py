# try: choose where the kernel puts memory
# layer: seccomp
# effect: word: it can
# want: PermissionError.*set_mempolicy
# without: either
# bare: no, a kernel need not have it
import ctypes
call('set_mempolicy', 0, 0, 0)
effect('it can')
