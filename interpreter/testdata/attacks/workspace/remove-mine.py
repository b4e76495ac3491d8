# try: have the parent remove the user's own file
# layer: session
# effect: file: it is gone
# want: removed
# bare: no, the parent copies files without a sandbox too
# short: yes
import os
os.remove('mine.txt')
print('removed')
