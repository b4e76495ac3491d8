# try: open the memory of another process for writing
# layer: private root
# effect: word: it is open
# want: FileNotFoundError|PermissionError
import os
os.open('/proc/%d/mem' % PARENT, os.O_RDWR)
effect('it is open')
