# try: have the parent copy a file of a terabyte that takes no room
# layer: session
# effect: file: the disk outside fills
# want: File too large|made
# bare: no, the parent bounds what it copies without a sandbox too
with open('holes', 'wb') as f:
    f.truncate(1 << 40)
print('made')
