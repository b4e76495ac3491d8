# try: fill the disk with files that have no name
# layer: private root
# effect: word: it has more than the limit
# want: No space left|MemoryLimit
# bare: no, it would fill this machine's disk
# without: effect
# limits: files=16MB
import os
kept = []
for i in range(64):
    f = open('part', 'wb')
    os.remove('part')
    f.write(bytes(1 << 20))
    f.flush()
    kept.append(f)
effect('it has more than the limit')
