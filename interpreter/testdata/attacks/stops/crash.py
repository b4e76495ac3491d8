# try: break the interpreter
# layer: session
# effect: parent: the session does not say so
# want: Crash.*signal 11
# bare: no, the parent sees it without a sandbox too
import ctypes
ctypes.memset(0, 1, 1)
