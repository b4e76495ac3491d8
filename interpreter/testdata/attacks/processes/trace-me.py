# try: have the parent be its debugger, and wait for ever
# layer: seccomp
# effect: word: it is traced
# want: PermissionError.*ptrace
# without: effect
# bare: no, it would stop for good
# limits: wall=2s
call('ptrace', 0, 0, 0, 0)
effect('it is traced')
