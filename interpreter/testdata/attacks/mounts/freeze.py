# try: freeze a file system so that nobody can write to it
# layer: seccomp
# effect: word: it is frozen
# want: PermissionError
# bare: no, it would hold up this machine
import fcntl, os
fcntl.ioctl(os.open('.', os.O_RDONLY), 0xc0045877, 0)
effect('it is frozen')
