# try: swallow the interrupt in a trace function
# layer: session
# effect: hang: the result does not come
# want: Timeout
# bare: no, the parent's clock runs without a sandbox too
# limits: wall=500ms
import signal, sys
signal.signal(signal.SIGINT, lambda number, frame: None)
sys.settrace(lambda *arguments: None)
while True:
    pass
