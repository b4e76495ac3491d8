# try: have cores of itself written, or its memory opened
# layer: seccomp
# effect: word: it is dumpable
# want: PermissionError
# without: effect
call('prctl', 4, 1, 0, 0, 0)
effect('it is dumpable')
