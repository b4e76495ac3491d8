# try: enter the namespaces of another program by a descriptor of it
# layer: seccomp
# effect: word: it is in
# want: PermissionError.*pidfd_open
# bare: as root
call('setns', call('pidfd_open', PARENT, 0), 0x04000000)
effect('it is in')
