# try: hold the kernel up in the middle of a copy
# layer: seccomp
# effect: word: it can
# want: PermissionError.*userfaultfd
# without: either
# bare: as root
call('userfaultfd', 1)
effect('it can')
