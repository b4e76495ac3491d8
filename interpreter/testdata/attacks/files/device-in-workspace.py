# try: make a device file of the first disk
# layer: seccomp
# effect: word: the device is there
# want: PermissionError
# bare: as root
import os, stat
os.mknod('disk', stat.S_IFBLK | 0o666, os.makedev(7, 0))
effect('the device is there')
