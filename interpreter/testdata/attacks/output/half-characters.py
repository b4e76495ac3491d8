# try: have the cut fall into the middle of a character
# layer: session
# effect: parent: it fails
# want: left out
# bare: no, the parent reads it without a sandbox too
import os
os.write(1, b'x')
for i in range(100):
    os.write(1, '€'.encode() * 10000)
