# try: hold up whoever opens a file that it shares with others
# layer: seccomp
# effect: word: it has a lease
# want: PermissionError
# bare: no, only the owner of a file may
# without: either
import fcntl, os
fcntl.fcntl(os.open(os.__file__, os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK)
effect('it has a lease')
