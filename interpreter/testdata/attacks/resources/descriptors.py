# try: open all descriptors there are
# layer: rlimits
# effect: word: it has more than a thousand
# want: Too many open files
# bare: no, a machine may allow fewer
import os
for i in range(1200):
    os.dup(0)
effect('it has more than a thousand')
