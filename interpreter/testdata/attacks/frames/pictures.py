# try: name a million pictures, and some outside
# layer: session
# effect: leak: the secret is shown
# want: ProtocolError|its length
# bare: no, the parent checks without a sandbox too
import os, json
body = json.dumps({'id': number(), 'pictures': ['../secret', SECRET, '/etc/passwd'] * 400000}).encode()
os.write(4, len(body).to_bytes(4, 'big'))
while body:
    body = body[os.write(4, body):]
