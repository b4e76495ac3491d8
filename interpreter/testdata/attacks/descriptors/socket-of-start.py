# try: talk to the agent over the socket by which it was started
# layer: start
# effect: word: it is open
# want: Bad file descriptor
# bare: no, it is closed without a sandbox too
import os
os.write(5, b'{"layer":"seccomp"}')
effect('it is open')
