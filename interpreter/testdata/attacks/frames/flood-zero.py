# try: send empty frames without end
# layer: session
# effect: hang: the parent reads for ever
# want: ProtocolError
# bare: no, the parent checks without a sandbox too
# limits: wall=3s
import os
while True:
    os.write(4, bytes(65536))
