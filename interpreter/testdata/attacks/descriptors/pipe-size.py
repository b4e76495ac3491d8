# try: make its pipes hold megabytes of the kernel's memory
# layer: seccomp
# effect: word: it can
# want: PermissionError
# without: effect
import fcntl
fcntl.fcntl(4, 1031, 1 << 20)
effect('it can')
