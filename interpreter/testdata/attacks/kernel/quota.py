# try: switch off quotas
# layer: seccomp
# effect: word: the call is made
# want: PermissionError.*quotactl
# without: either
# bare: no, it would change this machine
try:
    call('quotactl', 0x80000300, 0, 0, 0)
except OSError as e:
    if e.errno == 1:
        raise
effect('the call is made')
