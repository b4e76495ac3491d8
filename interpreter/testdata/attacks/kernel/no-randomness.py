# try: switch off that addresses are random
# layer: seccomp
# effect: word: it can
# want: PermissionError.*personality
# without: effect
call('personality', 0x0040000)
effect('it can')
