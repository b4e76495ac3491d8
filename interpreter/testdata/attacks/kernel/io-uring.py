# try: have the kernel do calls for it by io_uring, past the filter
# layer: seccomp
# effect: word: the ring is there
# want: PermissionError.*io_uring_setup
# without: either
# bare: no, a kernel need not have it
# short: yes
import ctypes
call('io_uring_setup', 4, ctypes.create_string_buffer(120))
effect('the ring is there')
