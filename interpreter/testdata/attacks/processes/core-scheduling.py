# try: change which programs share a processor core with another
# layer: seccomp
# effect: word: it is changed
# want: PermissionError
# without: either
# bare: no, a kernel need not have it
call('prctl', 62, 1, VICTIM, 0, 0)
effect('it is changed')
