# try: put a folder in the place of the user's file
# layer: session
# effect: file: the file is gone
# want: made
# bare: no, the parent copies files without a sandbox too
import os
os.remove('mine.txt')
os.mkdir('mine.txt')
open('mine.txt/x', 'w').write('x')
print('made')
