# try: make another program of the user slow
# layer: pid namespace
# effect: process: its priority is another
# want: ProcessLookupError|PermissionError
# short: yes
import os
os.setpriority(os.PRIO_PROCESS, VICTIM, 19)
