# try: give a file of others away
# layer: private root
# effect: file: the file has another owner
# want: FileNotFoundError|PermissionError
# bare: as root
import os
os.chown(FILE, 12345, 12345)
