# try: make the process group of another program slow
# layer: pid namespace
# effect: process: its priority is another
# want: ProcessLookupError|PermissionError
import os
os.setpriority(os.PRIO_PGRP, VICTIM, 19)
