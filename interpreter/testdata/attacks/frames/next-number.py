# try: answer this command by its own number, and the next one too
# layer: session
# effect: parent: it believes the second
# want: forged|ProtocolError
# bare: no, the parent checks without a sandbox too
import os
first = number()
for n in range(first, first + 50):
    body = b'{"id":%d,"value":"forged"}' % (n % 2**64)
    os.write(4, len(body).to_bytes(4, 'big') + body)
