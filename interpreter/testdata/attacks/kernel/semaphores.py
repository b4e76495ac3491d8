# try: leave System V semaphores for others
# layer: ipc namespace
# effect: kernel: they are there
# want: PermissionError.*semget
# bare: no, they would be left on this machine
call('semget', NUMBER, 1, 0o1666)
