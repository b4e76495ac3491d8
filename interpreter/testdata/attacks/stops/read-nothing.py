# try: wait for input
# layer: session
# effect: hang: the result does not come
# want: RuntimeError|Timeout|nothing
# bare: no, the input is empty without a sandbox too
# limits: wall=500ms
import os
if os.read(0, 100) == b'':
    print('nothing')
input()
