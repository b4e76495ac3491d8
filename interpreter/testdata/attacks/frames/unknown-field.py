# try: add fields to a reply
# layer: session
# effect: parent: it believes them
# want: ProtocolError.*unknown field
# bare: no, the parent checks without a sandbox too
import os
body = b'{"id":%d,' % number() + b'"sandbox":{"level":"off"},"files":[{"name":"../../x"}]}'
os.write(4, len(body).to_bytes(4, 'big') + body)
