# try: leave System V shared memory for others
# layer: ipc namespace
# effect: kernel: it is there
# want: PermissionError.*shmget
# bare: no, it would be left on this machine
call('shmget', NUMBER, 4096, 0o1666)
