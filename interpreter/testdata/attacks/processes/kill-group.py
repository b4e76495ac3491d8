# try: kill another program's process group
# layer: pid namespace
# effect: process: it is gone
# want: ProcessLookupError|PermissionError
import os
os.killpg(VICTIM, 9)
