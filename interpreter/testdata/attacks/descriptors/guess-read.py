# try: read whatever descriptor the agent left open
# layer: start
# effect: leak: the file's text is shown
# want: none
# bare: no, nothing is inherited without a sandbox too
# short: yes
import os
for fd in range(5, 4096):
    try:
        print(fd, os.pread(fd, 100, 0))
    except OSError:
        pass
print('none')
