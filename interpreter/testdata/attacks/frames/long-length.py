# try: announce a reply of four gigabytes
# layer: session
# effect: parent: it takes the memory
# want: ProtocolError.*its length is 4294967295
# bare: no, the parent checks without a sandbox too
import os
os.write(4, b'\xff\xff\xff\xff' + b'x' * 1000)
