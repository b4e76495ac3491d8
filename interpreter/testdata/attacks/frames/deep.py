# try: send JSON that is nested too deep to be read
# layer: session
# effect: parent: its stack runs out
# want: ProtocolError
# bare: no, the parent checks without a sandbox too
import os
body = b'{"id":%d,' % number() + b'"value":' + b'[' * 400000 + b'}'
os.write(4, len(body).to_bytes(4, 'big'))
while body:
    body = body[os.write(4, body):]
