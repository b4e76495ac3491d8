# try: reserve all addresses there are
# layer: rlimits
# effect: word: it has a terabyte
# want: MemoryError|OSError
# bare: no, a machine may allow it
import mmap
pieces = [mmap.mmap(-1, 1 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, prot=mmap.PROT_READ) for i in range(1024)]
effect('it has a terabyte')
