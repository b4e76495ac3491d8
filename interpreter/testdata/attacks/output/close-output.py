# try: close its outputs
# layer: session
# effect: hang: the parent waits for more
# want: .
# bare: no, the parent sees it without a sandbox too
import os
os.close(1)
os.close(2)
1
