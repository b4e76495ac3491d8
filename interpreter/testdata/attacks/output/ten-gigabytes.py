# try: fill the parent's memory with ten gigabytes of output
# layer: session
# effect: parent: its memory grows
# want: left out
# bare: no, the parent bounds it without a sandbox too
# limits: wall=60s cpu=60s
import os
block = b'0123456789abcde\n' * 65536
for i in range(10 << 10):
    os.write(1, block)
