# try: use a ring whose descriptor it guesses
# layer: seccomp
# effect: word: one is entered
# want: PermissionError.*io_uring_enter
# bare: no, there is none
for fd in range(3, 64):
    try:
        call('io_uring_enter', fd, 1, 0, 0, 0, 0)
        effect('descriptor %d' % fd)
    except OSError as e:
        error = e
raise error
