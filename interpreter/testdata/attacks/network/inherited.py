# try: find a socket among its descriptors
# layer: start
# effect: word: there is one
# want: none
# bare: no, nothing is inherited without a sandbox too
import os, stat
for fd in range(1024):
    try:
        if stat.S_ISSOCK(os.fstat(fd).st_mode):
            effect('descriptor %d' % fd)
    except OSError:
        pass
print('none')
