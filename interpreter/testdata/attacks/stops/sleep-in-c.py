# try: sleep in C, where Python does not look for signals
# layer: session
# effect: hang: the result does not come
# want: Timeout
# bare: no, the parent's clock runs without a sandbox too
# limits: wall=500ms
import ctypes
library = ctypes.CDLL(None)
while True:
    library.sleep(1000)
