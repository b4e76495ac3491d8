# try: send values of other types than a reply has
# layer: session
# effect: parent: it fails
# want: ProtocolError
# bare: no, the parent checks without a sandbox too
import os
body = b'{"id":-1,"value":{"a":1},"pictures":"x","error":7}'
os.write(4, len(body).to_bytes(4, 'big') + body)
