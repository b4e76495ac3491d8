# try: have more processes at once than its limit
# layer: rlimits
# effect: word: it has more than two hundred
# want: BlockingIOError
# bare: no, it would hold up this machine
import os, time
for i in range(200):
    if os.fork() == 0:
        time.sleep(20)
        os._exit(0)
effect('it has more than two hundred')
