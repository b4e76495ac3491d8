# try: wait for a lock that it holds
# layer: session
# effect: hang: the result does not come
# want: Timeout
# bare: no, the parent's clock runs without a sandbox too
# limits: wall=500ms
import ctypes, threading
lock = threading.Lock()
lock.acquire()
while True:
    try:
        lock.acquire()
    except BaseException:
        pass
