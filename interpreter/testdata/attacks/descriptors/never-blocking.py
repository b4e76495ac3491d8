# try: make the agent's end of a pipe fail by setting it to non-blocking
# layer: session
# effect: parent: the session does not go on
# want: set
# bare: no, the parent sees it without a sandbox too
import fcntl, os
for fd in range(5):
    fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK)
print('set')
