# try: fill the disk with many files that are each small
# layer: private root
# effect: word: it has more than the limit
# want: No space left|MemoryLimit
# bare: no, it would fill this machine's disk
# without: effect
# limits: files=16MB
for i in range(64):
    with open('part%d' % i, 'wb') as f:
        f.write(bytes(1 << 20))
effect('it has more than the limit')
