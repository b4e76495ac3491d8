# try: end the interpreter with a signal
# layer: session
# effect: parent: the session does not say so
# want: Crash
# bare: no, the parent sees it without a sandbox too
import os
os.abort()
