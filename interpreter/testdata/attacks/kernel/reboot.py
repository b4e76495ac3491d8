# try: restart the machine
# layer: seccomp
# effect: word: the kernel looks at it
# want: PermissionError.*reboot
# bare: no, it would end this machine
# without: either
try:
    call('reboot', 0xfee1dead, 672274793, 0, 0)
except OSError as e:
    if e.errno != 1:
        effect(str(e))
    raise
