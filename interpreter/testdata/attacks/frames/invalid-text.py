# try: send text that is no UTF-8, with control characters
# layer: session
# effect: parent: it fails
# want: .*
# bare: no, the parent checks without a sandbox too
import os
body = b'{"id":%d,' % number() + b'"value":"\xff\xfe\\u0000\\ud800\x7f"}'
os.write(4, len(body).to_bytes(4, 'big') + body)
