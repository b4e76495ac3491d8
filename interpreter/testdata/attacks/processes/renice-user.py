# try: make all programs of the user slow
# layer: pid namespace
# effect: process: its priority is another
# want: done|ProcessLookupError|PermissionError
# bare: no, it would slow down this machine's programs
import os
os.setpriority(os.PRIO_USER, 0, 19)
print('done')
