# try: hang up the terminal
# layer: seccomp
# effect: word: it is
# want: PermissionError.*vhangup
# bare: no, it would end this terminal
call('vhangup')
effect('it is')
