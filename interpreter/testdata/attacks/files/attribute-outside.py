# try: set an extended attribute of a file of others
# layer: private root
# effect: file: the file has an attribute
# want: FileNotFoundError|PermissionError
import os
os.setxattr(FILE, 'user.attack', b'x')
