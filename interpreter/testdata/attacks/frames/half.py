# try: send half a reply and wait
# layer: session
# effect: hang: the parent waits for the rest
# want: Timeout|ProtocolError
# bare: no, the parent checks without a sandbox too
# limits: wall=500ms
import os, time
os.write(4, b'\x00\x00\x10\x00{"id":')
while True:
    try:
        time.sleep(100)
    except BaseException:
        pass
