# try: become root
# layer: seccomp
# effect: word: it is root
# want: PermissionError.*setuid
# bare: as root
# short: yes
call('setuid', 0)
effect('it is root')
