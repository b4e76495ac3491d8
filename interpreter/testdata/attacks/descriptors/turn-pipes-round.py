# try: write to the pipe that it is to read from, and read from the one that it is to write to
# layer: start
# effect: word: it can
# want: stopped
# bare: no, a pipe has its ends without a sandbox too
import os
for attempt in lambda: os.write(3, b'x'), lambda: os.read(4, 1), lambda: os.read(1, 1):
    try:
        attempt()
        effect('it can')
    except OSError as e:
        print('stopped', e)
