# try: send a reply of the largest size that is taken, of many small values
# layer: session
# effect: parent: its memory grows
# want: .*
# bare: no, the parent checks without a sandbox too
import os
body = b'{"id":%d,' % number() + b'"pictures":[' + b'"",' * 349000 + b'""]}'
os.write(4, len(body).to_bytes(4, 'big'))
while body:
    body = body[os.write(4, body):]
