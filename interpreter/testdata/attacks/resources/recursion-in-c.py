# try: use up the stack in C
# layer: session
# effect: parent: the session does not say so
# want: RecursionError|MemoryError|SystemError|Crash|Timeout|MemoryLimit
# bare: no, the parent sees it without a sandbox too
# limits: wall=10s
import sys
sys.setrecursionlimit(10**9)
class C:
    def __getattr__(self, name):
        return getattr(self, name + 'x')
l = []
for i in range(10**6):
    l = [l]
repr(l)
