# try: have the parent write through a link that takes a file's place
# layer: session
# effect: file: the file outside is changed
# want: made
# bare: no, the parent copies files without a sandbox too
import os
os.remove('mine.txt')
os.symlink(FILE, 'mine.txt')
print('made')
# ---
print('again')
