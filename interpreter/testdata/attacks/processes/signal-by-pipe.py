# try: have the kernel signal another process when a pipe can be read
# layer: seccomp
# effect: process: it is gone
# want: PermissionError
# short: yes
import fcntl, os
r, w = os.pipe()
fcntl.fcntl(r, fcntl.F_SETOWN, VICTIM)
fcntl.fcntl(r, 10, 9)
fcntl.fcntl(r, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
os.write(w, b'x')
