# try: change another program's priority on the disk
# layer: pid namespace
# effect: word: it is changed
# want: PermissionError|ProcessLookupError
call('ioprio_set', 1, VICTIM, 3 << 13)
effect('it is changed')
