# try: take memory as files in memory
# layer: private root
# effect: word: it has more than half a gigabyte
# want: No space left|MemoryLimit|PermissionError|FileNotFoundError|File too large
# bare: no, it would fill this machine's memory
# limits: files=16MB
for i in range(512):
    with open('/dev/shm/attack%d' % i, 'wb') as f:
        f.write(bytes(1 << 20))
effect('it has more than half a gigabyte')
