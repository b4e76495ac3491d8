# try: hold memory that nobody can look into
# layer: seccomp
# effect: word: it can
# want: PermissionError.*memfd_secret
# without: either
# bare: no, a kernel need not have it
call('memfd_secret', 0)
effect('it can')
