# try: read the environments of all that runs
# layer: private root
# effect: leak: a token is shown
# want: FileNotFoundError|PermissionError|none
import os, re
for name in os.listdir('/proc'):
    try:
        for found in re.findall('canary-.*?\0', open('/proc/%s/environ' % name).read()):
            print(found)
    except OSError:
        pass
print('none')
