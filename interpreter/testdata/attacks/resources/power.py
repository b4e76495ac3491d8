# try: compute a number with more digits than there is time for
# layer: session
# effect: hang: the result does not come
# want: Timeout|MemoryError|MemoryLimit
# bare: no, the parent's clock runs without a sandbox too
# limits: wall=500ms
3 ** (10 ** 9)
