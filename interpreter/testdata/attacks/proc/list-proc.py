# try: list /proc
# layer: private root
# effect: word: it is listed
# want: FileNotFoundError|PermissionError
# short: yes
import os
os.listdir('/proc')
effect('it is listed')
