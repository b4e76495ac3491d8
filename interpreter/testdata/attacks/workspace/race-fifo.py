# try: exchange a file for a socket pair's end or a pipe while the parent opens it
# layer: session
# effect: hang: the result does not come
# want: made
# bare: no, the parent copies files without a sandbox too
import os
open('file', 'w').write('x')
os.symlink('/proc/self/fd/0', 'zero')
os.symlink('/dev/random', 'endless')
os.symlink('/dev/zero', 'device')
print('made')
