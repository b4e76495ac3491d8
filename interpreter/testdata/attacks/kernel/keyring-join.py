# try: join the keyring of another session
# layer: seccomp
# effect: word: it has joined
# want: PermissionError.*keyctl
# without: either
# bare: no, a kernel need not have it
call('keyctl', 1, 0, 0, 0, 0)
effect('it has joined')
