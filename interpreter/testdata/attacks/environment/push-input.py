# try: put characters into a terminal's input
# layer: seccomp
# effect: word: the request reaches the kernel
# want: PermissionError
# short: yes
# without: effect
import fcntl, os
try:
    fcntl.ioctl(0, 0x5412, b'x')
except OSError as e:
    if e.errno == 1:
        raise
effect('the request reaches the kernel')
