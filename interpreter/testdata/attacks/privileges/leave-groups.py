# try: leave a group, where that gives access to what the group may not have
# layer: seccomp
# effect: word: it has left
# want: PermissionError.*setgroups
# bare: as root
call('setgroups', 0, 0)
effect('it has left')
