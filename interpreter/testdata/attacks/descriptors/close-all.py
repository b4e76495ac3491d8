# try: close everything, the agent's pipes too
# layer: session
# effect: parent: the session does not say so
# want: closed|ended the interpreter
# bare: no, the parent sees it without a sandbox too
# short: yes
import os
os.closerange(0, 1024)
