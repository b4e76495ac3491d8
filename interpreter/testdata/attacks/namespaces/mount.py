# try: make a mount namespace
# layer: seccomp
# effect: word: it is there
# want: PermissionError.*unshare
# bare: as root
call('unshare', 0x00020000)
effect('it is there')
