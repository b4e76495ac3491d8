# try: block all signals and wait
# layer: session
# effect: hang: the result does not come
# want: Timeout.*did not stop
# bare: no, the parent's clock runs without a sandbox too
# limits: wall=500ms
import signal, time
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
time.sleep(1000)
