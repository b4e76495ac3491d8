# try: have a process of its own go on writing when the cell is over
# layer: session
# effect: parent: it is held up or its memory grows
# want: begun|left out
# bare: no, it would be left on this machine
# limits: cpu=2s
import os
if os.fork() == 0:
    while True:
        os.write(1, b'x' * 65536)
print('begun')
# ---
import time
time.sleep(0.2)
