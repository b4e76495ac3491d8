# try: fill the disk
# layer: private root
# effect: word: it has more than the limit
# want: No space left|File too large|MemoryLimit
# bare: no, it would fill this machine's disk
# without: either
# limits: files=16MB
# short: yes
with open('big', 'wb') as f:
    for i in range(64):
        f.write(bytes(1 << 20))
        f.flush()
effect('it has more than the limit')
