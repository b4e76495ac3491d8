# try: loop when the process is to end
# layer: session
# effect: hang: it does not end
# want: set
# bare: no, the parent kills it without a sandbox too
# limits: wall=500ms
import atexit, signal, threading, time
atexit.register(time.sleep, 1000)
threading.Thread(target=time.sleep, args=(1000,)).start()
signal.signal(signal.SIGTERM, lambda *arguments: None)
print('set')
# ---
import sys
sys.exit(1)
