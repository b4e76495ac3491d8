# try: leave a System V queue for others
# layer: ipc namespace
# effect: kernel: it is there
# want: PermissionError.*msgget
# bare: no, it would be left on this machine
call('msgget', NUMBER, 0o1666)
