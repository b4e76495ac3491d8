# try: find a descriptor that it was not given
# layer: start
# effect: word: there is one
# want: open: \[0, 1, 2, 3, 4
# bare: no, nothing is inherited without a sandbox too
import os
found = []
for fd in range(1024):
    try:
        os.fstat(fd)
        found.append(fd)
    except OSError:
        pass
if len(found) > 5:
    effect(str(found))
print('open:', found)
