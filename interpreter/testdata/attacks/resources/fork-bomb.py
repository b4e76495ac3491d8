# try: start processes that start processes
# layer: rlimits
# effect: word: it has more than five hundred
# want: BlockingIOError|Timeout|Crash|begun
# bare: no, it would hold up this machine
# short: yes
# limits: wall=1s cpu=5s
import os
r, w = os.pipe()
os.set_blocking(w, False)
begun = 0
for i in range(12):
    try:
        if os.fork() == 0:
            while True:
                try:
                    os.fork()
                    os.write(w, b'x')
                except OSError:
                    pass
    except OSError:
        pass
import time
time.sleep(0.5)
os.set_blocking(r, False)
print('begun')
