# try: read the commands for the next cells in the driver's place
# layer: session
# effect: hang: the session waits for ever
# want: reading
# bare: no, the parent's clock runs without a sandbox too
# limits: wall=500ms
import os, threading
def steal():
    while True:
        os.read(3, 65536)
threading.Thread(target=steal, daemon=True).start()
print('reading')
