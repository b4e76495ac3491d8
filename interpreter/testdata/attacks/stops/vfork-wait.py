# try: have the process wait in the kernel for a child, where no signal wakes it
# layer: session
# effect: hang: the result does not come
# want: Timeout
# bare: no, it would be left on this machine
# limits: wall=500ms
import signal
if call('clone', 0x4000 | 17, 0, 0, 0, 0) == 0:
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True:
        pass
