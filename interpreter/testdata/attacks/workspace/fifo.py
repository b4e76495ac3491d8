# try: have the parent wait for ever for a pipe that looks like a file
# layer: session
# effect: hang: the result does not come
# want: made
# bare: no, the parent copies files without a sandbox too
# short: yes
import os
try:
    os.mkfifo('pipe')
except PermissionError:
    pass
print('made')
