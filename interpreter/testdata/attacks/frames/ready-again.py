# try: say that it is ready again
# layer: session
# effect: parent: it believes it
# want: ProtocolError
# bare: no, the parent checks without a sandbox too
import os
body = b'{"ready":true}'
os.write(4, len(body).to_bytes(4, 'big') + body)
