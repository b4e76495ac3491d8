# try: have a thread change things after its cell
# layer: session
# effect: parent: it is harmed
# want: begun
# bare: no, a session has threads without a sandbox too
import threading, time
def later():
    time.sleep(0.05)
    try:
        open(FILE, 'w').write('x')
    except OSError:
        pass
threading.Thread(target=later).start()
print('begun')
# ---
import time
time.sleep(0.2)
