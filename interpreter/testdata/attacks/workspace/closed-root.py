# try: close its workspace to the parent and to itself
# layer: session
# effect: parent: the session is stuck and does not say why
# want: closed|permission denied|Operation not permitted
# bare: no, the parent copies files without a sandbox too
import os
os.chmod('.', 0)
print('closed')
# ---
import os
os.chmod('.', 0o700)
