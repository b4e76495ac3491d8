# try: let another program run only when nothing else does
# layer: pid namespace
# effect: process: its policy is another
# want: ProcessLookupError|PermissionError
import os
os.sched_setscheduler(VICTIM, os.SCHED_IDLE, os.sched_param(0))
