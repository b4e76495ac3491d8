# try: use up the stack
# layer: language
# effect: hang: the result does not come
# want: RecursionError|MemoryError|SystemError|Crash|Timeout|MemoryLimit
# bare: no, Python stops it without a sandbox too
# limits: wall=2s
import sys
sys.setrecursionlimit(10**9)
def f(n):
    return f(n + 1)
f(0)
