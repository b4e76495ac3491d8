# try: become any other user
# layer: seccomp
# effect: word: it is one
# want: PermissionError.*setres
# bare: as root
for number in 0, 1, 1001, 65534, 4294967294:
    for name in 'setresuid', 'setresgid':
        try:
            call(name, number, number, number)
            effect('%s %d' % (name, number))
        except OSError as e:
            error = e
raise error
