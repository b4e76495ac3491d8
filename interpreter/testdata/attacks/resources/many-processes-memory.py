# try: take memory in many processes that each stay below the limit
# layer: session
# effect: word: all of them have it
# want: MemoryLimit|used more than their limit
# bare: no, it would fill this machine's memory
# limits: memory=96MB wall=10s
import os, time
r, w = os.pipe()
for i in range(20):
    if os.fork() == 0:
        data = b'x' * (64 << 20)
        os.write(w, b'x')
        time.sleep(1)
        os._exit(0)
os.close(w)
n = 0
while n < 20 and os.read(r, 1):
    n += 1
    if n == 20:
        effect('all of them have it')
