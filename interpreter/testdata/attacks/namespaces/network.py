# try: make a network namespace
# layer: seccomp
# effect: word: it is there
# want: PermissionError.*unshare
# bare: as root
call('unshare', 0x40000000)
effect('it is there')
