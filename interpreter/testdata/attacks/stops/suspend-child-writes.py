# try: leave a stopped child that holds the pipes
# layer: session
# effect: hang: the session waits for ever
# want: begun
# bare: no, it would be left on this machine
import os, signal
pid = os.fork()
if pid == 0:
    os.kill(os.getpid(), signal.SIGSTOP)
    os._exit(0)
print('begun')
# ---
import os
os._exit(0)
