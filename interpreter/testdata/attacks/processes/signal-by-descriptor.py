# try: send a signal by a descriptor of a process
# layer: seccomp
# effect: process: it is gone
# want: PermissionError.*pidfd_open
fd = call('pidfd_open', VICTIM, 0)
call('pidfd_send_signal', fd, 9, 0, 0)
