# try: have a link to a secret copied out, or the secret in its place
# layer: session
# effect: leak: the secret is in the workspace
# want: made
# bare: no, the parent copies files without a sandbox too
# short: yes
import os
os.symlink(SECRET, 'link')
os.symlink(os.path.dirname(SECRET), 'folder')
print('made')
