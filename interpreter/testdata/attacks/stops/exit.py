# try: end the interpreter
# layer: session
# effect: parent: the session does not say so
# want: Crash.*status 0
# bare: no, the parent sees it without a sandbox too
# short: yes
import os
os._exit(0)
