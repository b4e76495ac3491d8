# try: hold another program to one processor
# layer: pid namespace
# effect: process: it is held
# want: ProcessLookupError|PermissionError
# bare: no, a machine may have only one
import os
os.sched_setaffinity(VICTIM, {min(os.sched_getaffinity(0))})
