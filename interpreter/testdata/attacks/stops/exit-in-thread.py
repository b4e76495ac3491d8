# try: end the interpreter from a thread when the cell is over
# layer: session
# effect: parent: the session does not say so
# want: begun
# bare: no, the parent sees it without a sandbox too
import os, threading, time
def later():
    time.sleep(0.05)
    os._exit(7)
threading.Thread(target=later).start()
print('begun')
# ---
import time
time.sleep(0.2)
