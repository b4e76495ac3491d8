# try: have a child answer, and the first process end
# layer: session
# effect: parent: the session does not say so
# want: Crash|ProtocolError|.
# bare: no, it would be left on this machine
import os
if os.fork() != 0:
    os._exit(3)
1
