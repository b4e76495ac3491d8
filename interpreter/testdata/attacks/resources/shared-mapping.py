# try: take memory that is shared, which a limit of private memory does not count
# layer: session
# effect: word: it has more than half a gigabyte
# want: MemoryLimit|MemoryError|OSError|Crash
# bare: no, it would fill this machine's memory
# limits: memory=96MB
import mmap
pieces = []
for i in range(16):
    piece = mmap.mmap(-1, 32 << 20)
    for at in range(0, 32 << 20, 4096):
        piece[at] = 1
    pieces.append(piece)
effect('it has more than half a gigabyte')
