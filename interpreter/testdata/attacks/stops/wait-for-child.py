# try: wait for a child that never ends and ignores everything
# layer: session
# effect: hang: the result does not come
# want: Timeout
# bare: no, it would be left on this machine
# limits: wall=500ms
import os, signal, time
if os.fork() == 0:
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True:
        time.sleep(1000)
while True:
    try:
        os.wait()
    except BaseException:
        pass
