# try: grow a file while the parent copies it, so that the copy never ends
# layer: session
# effect: hang: the result does not come
# want: growing
# bare: no, the parent copies files without a sandbox too
# limits: cpu=5s files=64MB
import threading, time
def grow():
    until = time.monotonic() + 1
    with open('file', 'ab', 0) as f:
        while time.monotonic() < until:
            try:
                f.write(bytes(1 << 16))
            except OSError:
                f.truncate(0)
threading.Thread(target=grow, daemon=True).start()
print('growing')
# ---
1
