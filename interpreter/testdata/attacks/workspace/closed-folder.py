# try: close its workspace to the parent
# layer: session
# effect: parent: the session is stuck
# want: closed
# bare: no, the parent copies files without a sandbox too
import os
os.mkdir('inner')
os.chmod('inner', 0)
print('closed')
