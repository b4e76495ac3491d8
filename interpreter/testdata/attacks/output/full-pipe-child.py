# try: hold the outputs open in a process that never ends
# layer: session
# effect: hang: the parent waits for the end of the output
# want: begun
# bare: no, it would be left on this machine
import os, time
if os.fork() == 0:
    time.sleep(300)
    os._exit(0)
print('begun')
# ---
import os
os._exit(1)
