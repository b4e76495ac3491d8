# try: change the mode of a file of others
# layer: private root
# effect: file: the file has another mode
# want: FileNotFoundError|PermissionError
# without: effect as user
import os
os.chmod(FILE, 0o4777)
