# try: write rubbish to the pipe for replies
# layer: session
# effect: parent: it believes it
# want: ProtocolError
# bare: no, the parent checks without a sandbox too
# short: yes
import os
os.write(4, os.urandom(4096))
