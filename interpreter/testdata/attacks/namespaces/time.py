# try: make a namespace with another time
# layer: seccomp
# effect: word: it is there
# want: PermissionError.*unshare
# bare: no, a kernel need not have it
call('unshare', 0x00000080)
effect('it is there')
