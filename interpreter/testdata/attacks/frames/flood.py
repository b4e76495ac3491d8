# try: send replies without end
# layer: session
# effect: parent: its memory grows, or it waits for ever
# want: ProtocolError
# bare: no, the parent checks without a sandbox too
# limits: wall=3s
import os
body = b'{"id":99}'
frame = (len(body).to_bytes(4, 'big') + body) * 5000
while True:
    os.write(4, frame)
