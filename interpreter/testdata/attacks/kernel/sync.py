# try: have the machine write everything to disk, again and again
# layer: seccomp
# effect: word: it does
# want: PermissionError.*sync
# bare: no, it would hold up this machine
# without: either
call('sync')
effect('it does')
