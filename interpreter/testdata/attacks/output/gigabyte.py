# try: fill the parent's memory with output
# layer: session
# effect: parent: its memory grows
# want: left out
# bare: no, the parent bounds it without a sandbox too
# short: yes
import os
block = b'0123456789abcde\n' * 65536
for i in range(512):
    os.write(1 + i % 2, block)
