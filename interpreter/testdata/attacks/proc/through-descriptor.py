# try: open what another process has open
# layer: private root
# effect: leak: the file's text is shown
# want: FileNotFoundError|PermissionError|none
import os
for fd in os.listdir('/proc/%d/fd' % PARENT):
    path = '/proc/%d/fd/%s' % (PARENT, fd)
    if os.readlink(path).startswith('/') and not os.readlink(path).startswith('/dev'):
        print(open(path).read(200))
print('none')
