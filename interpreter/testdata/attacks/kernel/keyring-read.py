# try: read the user's keys
# layer: seccomp
# effect: word: the keyring is open
# want: PermissionError.*keyctl
# without: either
# bare: no, a kernel need not have it
call('keyctl', 0, -4, 1, 0, 0)
effect('the keyring is open')
