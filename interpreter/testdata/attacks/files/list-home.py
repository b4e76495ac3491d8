# try: list the home folder of whoever runs us
# layer: private root
# effect: word: the folder is listed
# want: FileNotFoundError|PermissionError
import os
os.listdir(HOME)
effect('the folder is listed')
