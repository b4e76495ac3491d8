# try: attach to the agent
# layer: seccomp
# effect: word: it is attached
# want: PermissionError.*ptrace
# bare: no, a stopped victim does not continue
call('ptrace', 16, PARENT, 0, 0)
effect('it is attached')
