# try: keep capabilities when it changes its user
# layer: seccomp
# effect: word: it can
# want: PermissionError.*prctl
# without: either
call('prctl', 8, 1, 0, 0, 0)
effect('it can')
