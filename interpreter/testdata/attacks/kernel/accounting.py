# try: have the kernel write down all that runs
# layer: seccomp
# effect: word: the kernel looks at it
# want: PermissionError.*acct
# bare: no, it would change this machine
call('acct', 0)
effect('it is switched off')
