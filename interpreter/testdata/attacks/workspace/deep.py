# try: have the parent follow folders without end
# layer: session
# effect: hang: the result does not come
# want: made
# bare: no, the parent copies files without a sandbox too
import os
for i in range(1000):
    os.mkdir('d')
    os.chdir('d')
os.symlink('..', 'up')
os.chdir('/')
print('made')
