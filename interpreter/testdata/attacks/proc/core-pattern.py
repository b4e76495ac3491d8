# try: have the kernel run a program when something crashes
# layer: private root
# effect: word: the setting is open
# want: FileNotFoundError|PermissionError|Read-only
# bare: as root
import os
os.open('/proc/sys/kernel/core_pattern', os.O_WRONLY)
effect('the setting is open')
