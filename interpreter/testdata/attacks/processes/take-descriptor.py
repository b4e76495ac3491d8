# try: take an open file out of another program
# layer: seccomp
# effect: leak: the file's text is shown
# want: PermissionError.*pidfd_open
import os
fd = call('pidfd_open', VICTIM, 0)
print(os.pread(call('pidfd_getfd', fd, 3, 0), 100, 0))
