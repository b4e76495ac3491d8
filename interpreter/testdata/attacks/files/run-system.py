# try: run a command with os.system
# layer: private root
# effect: leak: the file's text is shown
# want: status: [1-9]
import os
print('status:', os.system('cat ' + SECRET))
