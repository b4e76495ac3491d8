# try: set the time of a file of others to the year 2000
# layer: private root
# effect: file: the file has another time
# want: FileNotFoundError|PermissionError
# without: effect as user
import os
os.utime(FILE, (946684800, 946684800))
