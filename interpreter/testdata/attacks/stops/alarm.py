# try: bend its own timers so that the parent's limit does not count
# layer: session
# effect: hang: the result does not come
# want: Timeout
# bare: no, the parent's clock runs without a sandbox too
# limits: wall=500ms
import signal, time
time.time = time.monotonic = time.perf_counter = lambda: 0.0
signal.setitimer(signal.ITIMER_REAL, 0)
signal.signal(signal.SIGALRM, signal.SIG_IGN)
while True:
    time.sleep(0.01)
