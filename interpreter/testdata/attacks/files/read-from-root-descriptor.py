# try: open the root folder and go on from its descriptor
# layer: private root
# effect: leak: the file's text is shown
# want: FileNotFoundError|PermissionError
import os
root = os.open('/', os.O_PATH | os.O_DIRECTORY)
print(os.read(os.open(SECRET[1:], os.O_RDONLY, dir_fd=root), 100))
