# try: leave a process behind that goes on computing
# layer: session
# effect: left: it is still there
# want: begun
# bare: no, it would be left on this machine
# limits: cpu=300ms
import os, time
if os.fork() == 0:
    if os.fork() == 0:
        while True:
            pass
    os._exit(0)
os.wait()
print('begun')
# ---
import time
time.sleep(1)
