# try: move a file of others into the workspace
# layer: private root
# effect: file: the file is gone
# want: FileNotFoundError|PermissionError|Invalid cross-device
import os
os.rename(FILE, 'taken')
