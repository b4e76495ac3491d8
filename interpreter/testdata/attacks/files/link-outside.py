# try: make a link outside
# layer: private root
# effect: file: the link is there
# want: FileNotFoundError|PermissionError
import os
os.symlink('/etc/passwd', TARGET + '/new')
