# try: make a pipe with a name outside
# layer: private root
# effect: file: the pipe is there
# want: FileNotFoundError|PermissionError
import os
os.mkfifo(TARGET + '/new')
