# try: kill itself, which the first process of a namespace cannot, and all its threads
# layer: session
# effect: parent: the session does not say so
# want: Crash|alive|PermissionError
# bare: no, the parent sees it without a sandbox too
import os
os.kill(os.getpid(), 9)
print('alive')
