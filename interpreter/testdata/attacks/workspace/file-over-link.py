# try: have the parent overwrite a folder's link with a file
# layer: session
# effect: file: something outside is changed
# want: made
# bare: no, the parent copies files without a sandbox too
import os
os.symlink(TARGET, 'out')
print('made')
# ---
import os
os.remove('out')
os.mkdir('out')
open('out/file', 'w').write('x')
