# try: change the time of a file of others
# layer: private root
# effect: file: the file has another time
# want: FileNotFoundError|PermissionError
# without: either
import os
os.utime(FILE)
