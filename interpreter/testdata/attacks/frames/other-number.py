# try: answer a command that was not given
# layer: session
# effect: parent: it believes it
# want: ProtocolError
# bare: no, the parent checks without a sandbox too
import os
body = b'{"id":18446744073709551615}'
os.write(4, len(body).to_bytes(4, 'big') + body)
