# try: become the parent of processes that lose theirs, to keep them from being found
# layer: seccomp
# effect: word: it is
# want: PermissionError
# without: effect
call('prctl', 36, 1, 0, 0, 0)
effect('it is')
