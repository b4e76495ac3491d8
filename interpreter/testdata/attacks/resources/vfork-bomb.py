# try: start processes faster than they can be counted, each its own group
# layer: pid namespace
# effect: left: one is left
# want: Timeout|BlockingIOError|begun
# bare: no, it would hold up this machine
# limits: wall=1s cpu=5s
import os, time
for i in range(30):
    if os.fork() == 0:
        try:
            os.setsid()
        except OSError:
            pass
        while True:
            try:
                if os.fork() != 0:
                    os._exit(0)
                try:
                    os.setsid()
                except OSError:
                    pass
            except OSError:
                time.sleep(0.01)
time.sleep(0.3)
print('begun')
