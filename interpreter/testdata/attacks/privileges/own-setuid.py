# try: make a program that others run as it
# layer: session
# effect: file: the copy has the bit
# want: made
# bare: no, files are copied by the parent without a sandbox too
import os, shutil, sys
shutil.copy(sys.executable, 'tool')
os.chmod('tool', 0o6777)
print('made')
