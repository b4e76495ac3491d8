# try: see what runs
# layer: private root
# effect: word: another program is seen
# want: FileNotFoundError|PermissionError
import os
os.readlink('/proc/%d/exe' % VICTIM) if os.path.exists('/proc/%d' % VICTIM) else os.listdir('/proc/%d' % VICTIM)
effect('another program is seen')
