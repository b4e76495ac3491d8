# try: make a user namespace, where it would be root
# layer: seccomp
# effect: word: it is there
# want: PermissionError.*unshare
# without: effect
# short: yes
call('unshare', 0x10000000)
effect('it is there')
