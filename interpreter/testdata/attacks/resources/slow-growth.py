# try: take memory piece by piece
# layer: rlimits
# effect: word: it has more than a gigabyte
# want: MemoryError|MemoryLimit
# bare: no, it would fill this machine's memory
# limits: memory=96MB
pieces = []
for i in range(1 << 10):
    pieces.append(b'x' * (1 << 20))
effect('it has more than a gigabyte')
