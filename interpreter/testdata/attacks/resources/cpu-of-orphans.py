# try: compute in processes that no longer belong to it
# layer: session
# effect: hang: the result does not come
# want: Timeout
# bare: no, it would be left on this machine
# limits: cpu=500ms wall=5s
import os, time
if os.fork() == 0:
    if os.fork() == 0:
        while True:
            pass
    os._exit(0)
os.wait()
time.sleep(100)
