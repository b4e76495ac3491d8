# try: give a secret a name in the workspace
# layer: private root
# effect: file: the secret has two names
# want: FileNotFoundError|PermissionError|Invalid cross-device
# bare: no, the workspace may be on another file system
import os
os.link(SECRET, 'secret')
print(open('secret').read())
