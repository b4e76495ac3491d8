# try: kill every process there is
# layer: pid namespace
# effect: process: it is gone
# want: ProcessLookupError|PermissionError|done
# bare: no, it would end this machine's programs
# short: yes
import os
os.kill(-1, 9)
print('done')
