# try: leave a program with the set-user-id bit, which somebody would run
# layer: session
# effect: file: the bit is set on the copy
# want: left
# bare: no, files are copied by the parent without a sandbox too
import os
open('program', 'w').write('#!/bin/sh\n')
os.chmod('program', 0o6755)
print('left')
