# try: get a loop device for an image with files of its own making
# layer: private root
# effect: word: it is open
# want: FileNotFoundError|PermissionError
# bare: no, a machine need not have one
import os
os.open('/dev/loop-control', os.O_RDWR)
effect('it is open')
