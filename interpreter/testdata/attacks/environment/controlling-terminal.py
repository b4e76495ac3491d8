# try: type into the terminal of whoever runs us
# layer: start
# effect: word: there is a terminal
# want: no terminal
# bare: no, the child has a session of its own without a sandbox too
import fcntl, os
for fd in range(5):
    if os.isatty(fd):
        effect('descriptor %d is a terminal' % fd)
print('no terminal')
