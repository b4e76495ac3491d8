# try: take control of another program as a debugger
# layer: seccomp
# effect: word: it is traced
# want: PermissionError.*ptrace
# short: yes
# bare: yes
call('ptrace', 0x4206, VICTIM, 0, 0)
effect('it is traced')
