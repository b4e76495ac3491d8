# try: write to whatever descriptor the agent left open
# layer: start
# effect: file: the file is changed
# want: none
# bare: no, nothing is inherited without a sandbox too
# short: yes
import os
for fd in range(5, 4096):
    try:
        os.pwrite(fd, b'x', 0)
    except OSError:
        pass
print('none')
