# try: leave a hook that git runs when the user works in the folder
# layer: session
# effect: file: there is a .git folder
# want: made
# bare: no, the parent copies files without a sandbox too
# short: yes
import os
for folder in '.git/hooks', 'sub/.git/hooks', '.venv/bin', 'node_modules/.bin':
    os.makedirs(folder)
    with open(folder + '/post-checkout', 'w') as f:
        f.write('#!/bin/sh\ntouch owned\n')
    os.chmod(folder + '/post-checkout', 0o755)
print('made')
