# try: open a socket with rubbish in the upper half of the arguments, which the kernel does not look at
# layer: seccomp
# effect: word: it is open
# want: PermissionError.*socket
# without: effect
call('socket', 2 | 1 << 40, 1 | 1 << 33, 0)
effect('it is open')
