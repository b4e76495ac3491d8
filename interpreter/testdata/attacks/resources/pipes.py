# try: fill the kernel's memory with pipes
# layer: rlimits
# effect: word: it has a thousand
# want: Too many open files
# bare: no, a machine may allow fewer
import os
for i in range(1000):
    r, w = os.pipe()
    os.set_blocking(w, False)
    try:
        os.write(w, bytes(1 << 20))
    except BlockingIOError:
        pass
effect('it has a thousand')
