# try: look into the kernel's settings in /sys
# layer: private root
# effect: word: they are listed
# want: FileNotFoundError|PermissionError
import os
os.listdir('/sys/kernel')
effect('they are listed')
