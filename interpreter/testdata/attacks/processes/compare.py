# try: compare kernel objects with another program's
# layer: seccomp
# effect: word: they are compared
# want: PermissionError.*kcmp
# without: either
# bare: no, a kernel need not have it
import os
call('kcmp', os.getpid(), VICTIM, 0, 0, 0)
effect('they are compared')
