# try: name files outside as pictures in a reply that is well formed
# layer: session
# effect: leak: the secret is shown
# want: .*
# bare: no, the parent checks without a sandbox too
import os, json
body = json.dumps({'id': number(), 'pictures': ['../secret', SECRET, '/etc/passwd', '..', '', '.', 'a\0b', 'x' * 10000]}).encode()
os.write(4, len(body).to_bytes(4, 'big') + body)
