# try: give a file of others a second name
# layer: private root
# effect: file: the file has two names
# want: FileNotFoundError|PermissionError
import os
os.link(FILE, TARGET + '/new')
