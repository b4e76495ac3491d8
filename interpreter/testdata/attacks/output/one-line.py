# try: write a line that never ends
# layer: session
# effect: parent: its memory grows
# want: left out
# bare: no, the parent bounds it without a sandbox too
import sys
for i in range(1000):
    sys.stdout.write('x' * 100000)
