# try: read the environments of all that runs
# layer: private root
# effect: leak: a token is shown
# want: FileNotFoundError|PermissionError|none
import os
for name in os.listdir('/proc'):
    try:
        print(open('/proc/%s/environ' % name).read())
    except OSError:
        pass
print('none')
