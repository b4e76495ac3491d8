# try: open a pipe anew, with rights that its descriptor has not
# layer: private root
# effect: word: it can
# want: FileNotFoundError|PermissionError
# without: effect as user
import os
os.open('/proc/self/fd/3', os.O_RDWR | os.O_NONBLOCK)
effect('it can')
