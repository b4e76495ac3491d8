# try: exchange a folder for a link to one outside while the parent looks through it
# layer: session
# effect: leak: the secret is in the workspace
# want: racing
# bare: no, the parent copies files without a sandbox too
# limits: cpu=5s
import os, threading, time
os.mkdir('inner')
open('inner/secret', 'w').write('x')
os.symlink(os.path.dirname(SECRET), 'link')
def race():
    until = time.monotonic() + 1
    while time.monotonic() < until:
        os.rename('inner', 'kept')
        os.rename('link', 'inner')
        os.rename('inner', 'link')
        os.rename('kept', 'inner')
threading.Thread(target=race, daemon=True).start()
print('racing')
# ---
1
# ---
2
