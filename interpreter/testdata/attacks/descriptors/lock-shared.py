# try: lock a file that it shares with others, for a program outside to wait on
# layer: seccomp
# effect: word: it has a lock that keeps others from writing
# want: PermissionError|OSError|Bad file descriptor
# bare: no, a reader can lock a file where it may read it
# without: either
import fcntl, os
fcntl.lockf(os.open(os.__file__, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
effect('it has a lock')
