# try: rename a file of others
# layer: private root
# effect: file: the file has another name
# want: FileNotFoundError|PermissionError
import os
os.rename(FILE, FILE + '.old')
