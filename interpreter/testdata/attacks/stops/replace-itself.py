# try: become another program that holds the pipes
# layer: session
# effect: hang: the session waits for ever
# want: Timeout|ProtocolError|Crash
# bare: no, the parent's clock runs without a sandbox too
# limits: wall=1s
import os, sys
os.set_inheritable(3, True)
os.set_inheritable(4, True)
os.execv(os.path.realpath(sys.executable), ['python', '-I', '-c', 'import time; time.sleep(1000)'])
