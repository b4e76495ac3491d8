# try: run before everything else on the machine
# layer: seccomp
# effect: word: it has real-time priority
# want: PermissionError
# bare: as root
import os
os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(99))
effect('it has real-time priority')
