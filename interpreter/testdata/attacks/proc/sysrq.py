# try: have the kernel restart the machine
# layer: private root
# effect: word: the trigger is open
# want: FileNotFoundError|PermissionError|Read-only
# bare: no, a kernel need not have it
import os
os.open('/proc/sysrq-trigger', os.O_WRONLY)
effect('the trigger is open')
