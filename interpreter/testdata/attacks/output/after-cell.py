# try: go on writing when the cell is over
# layer: session
# effect: parent: it is held up or its memory grows
# want: begun|left out
# bare: no, the parent bounds it without a sandbox too
# limits: cpu=2s
import os, threading
def write():
    while True:
        os.write(1, b'x' * 65536)
for i in range(2):
    threading.Thread(target=write, daemon=True).start()
print('begun')
# ---
import time
time.sleep(0.2)
