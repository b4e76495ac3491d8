# try: set the machine's clock
# layer: seccomp
# effect: kernel: the clock has moved
# want: PermissionError
# bare: no, it would change this machine
# short: yes
import time
time.clock_settime(time.CLOCK_REALTIME, 0)
