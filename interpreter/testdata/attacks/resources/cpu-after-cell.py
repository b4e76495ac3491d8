# try: have a thread go on computing when the cell is over
# layer: session
# effect: left: it goes on
# want: begun
# bare: no, it would be left on this machine
# limits: cpu=300ms
import threading
def spin():
    while True:
        pass
threading.Thread(target=spin, daemon=True).start()
print('begun')
# ---
import time
time.sleep(5)
