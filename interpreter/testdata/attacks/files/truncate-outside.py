# try: cut a file of others to nothing
# layer: private root
# effect: file: the file is empty
# want: FileNotFoundError|PermissionError
import os
os.truncate(FILE, 0)
