# try: stop reading commands, so that the parent cannot write
# layer: session
# effect: hang: the parent waits for ever
# want: Timeout|Crash
# bare: no, the parent's clock runs without a sandbox too
# limits: wall=500ms
import os, time, signal
body = b'{"id":%d,' % number() + b'"value":"done"}'
signal.signal(signal.SIGINT, signal.SIG_IGN)
os.write(4, len(body).to_bytes(4, 'big') + body)
time.sleep(100)
# ---
# xxxxxxxx
'x' * 10
