# try: have the parent read terabytes that take no room, by files that always look as if they had just changed
# layer: session
# effect: hang: the result does not come
# want: made
# bare: no, the parent copies files without a sandbox too
import os, time
for i in range(4000):
    with open('h%d' % i, 'wb') as f:
        f.truncate(256 << 20)
later = time.time() + 10**6
for i in range(4000):
    os.utime('h%d' % i, (later, later))
print('made')
