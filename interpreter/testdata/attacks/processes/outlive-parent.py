# try: forget that it has to end with the agent
# layer: seccomp
# effect: word: it is forgotten
# want: PermissionError
# without: effect
call('prctl', 1, 0, 0, 0, 0)
effect('it is forgotten')
