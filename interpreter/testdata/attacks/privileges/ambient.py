# try: keep a capability through execve
# layer: seccomp
# effect: word: it can
# want: PermissionError.*prctl
# bare: no, an ordinary user has none
call('prctl', 47, 2, 21, 0, 0)
effect('it can')
