# try: ignore the signal and sleep
# layer: session
# effect: hang: the result does not come
# want: Timeout.*did not stop
# bare: no, the parent's clock runs without a sandbox too
# limits: wall=500ms
import signal, time
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
time.sleep(1000)
