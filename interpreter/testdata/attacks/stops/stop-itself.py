# try: stop itself for good
# layer: session
# effect: hang: the result does not come
# want: Timeout|stopped
# bare: no, the parent's clock runs without a sandbox too
# limits: wall=500ms
import os, signal
os.kill(os.getpid(), signal.SIGSTOP)
os.kill(os.getpid(), signal.SIGTSTP)
if os.fork() == 0:
    os.kill(os.getpid(), signal.SIGSTOP)
print('stopped')
