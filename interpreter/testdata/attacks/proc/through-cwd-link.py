# try: reach the machine's files through another process's folder
# layer: private root
# effect: word: the folder is listed
# want: FileNotFoundError|PermissionError
import os
os.listdir('/proc/%d/cwd/' % PARENT)
effect('the folder is listed')
