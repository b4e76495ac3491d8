# try: kill another program of the user
# layer: pid namespace
# effect: process: it is gone
# want: ProcessLookupError|PermissionError
# short: yes
import os
os.kill(VICTIM, 9)
