# try: go to a folder that the agent left open, outside of the root
# layer: start
# effect: leak: the file's text is shown
# want: none
# bare: no, nothing is inherited without a sandbox too
import os
for fd in range(5, 1024):
    try:
        print(os.read(os.open(SECRET[1:], os.O_RDONLY, dir_fd=fd), 100))
    except OSError:
        pass
    try:
        os.fchdir(fd)
        print(os.listdir('..'))
        effect('descriptor %d is a folder' % fd)
    except OSError:
        pass
print('none')
