# try: remove a file of others
# layer: private root
# effect: file: the file is gone
# want: FileNotFoundError|PermissionError
# short: yes
import os
os.remove(FILE)
