# try: leave a process behind that belongs to nobody
# layer: pid namespace
# effect: left: it is still there
# want: begun|PermissionError
# bare: no, it would be left on this machine
# short: yes
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for fd in range(3, 1024):
            try:
                os.close(fd)
            except OSError:
                pass
        time.sleep(300)
    os._exit(0)
time.sleep(0.1)
print('begun')
