# try: raise its own priority
# layer: no new privileges
# effect: word: it has a higher priority
# want: PermissionError
# bare: as root
import os
os.setpriority(os.PRIO_PROCESS, 0, -20)
effect('it has a higher priority')
