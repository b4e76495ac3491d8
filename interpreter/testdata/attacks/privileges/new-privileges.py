# try: undo no_new_privs
# layer: seccomp
# effect: word: it is undone
# want: PermissionError.*prctl
# bare: no, the kernel refuses it
call('prctl', 38, 0, 0, 0, 0)
effect('it is undone')
