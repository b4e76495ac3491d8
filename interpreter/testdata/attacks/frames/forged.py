# try: answer for the driver, and then again for the next cell
# layer: session
# effect: parent: it believes the second
# want: ProtocolError
# bare: no, the parent checks without a sandbox too
# short: yes
import os
def send(body):
    os.write(4, len(body).to_bytes(4, 'big') + body)
for number in range(1, 50):
    send(b'{"id":%d,"value":"forged"}' % number)
