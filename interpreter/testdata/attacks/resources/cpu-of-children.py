# try: compute in children for longer than its limit
# layer: session
# effect: hang: the result does not come
# want: Timeout.*CPU
# bare: no, it would be left on this machine
# limits: cpu=500ms wall=20s
import os
for i in range(4):
    if os.fork() == 0:
        while True:
            pass
os.wait()
