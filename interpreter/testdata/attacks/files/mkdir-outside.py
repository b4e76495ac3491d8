# try: make a folder outside
# layer: private root
# effect: file: the folder is there
# want: FileNotFoundError|PermissionError
import os
os.mkdir(TARGET + '/new')
