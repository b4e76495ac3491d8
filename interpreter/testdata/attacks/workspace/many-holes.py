# try: have the parent copy many files that together are larger than the limit
# layer: session
# effect: file: the disk outside fills
# want: made|larger than
# bare: no, the parent bounds what it copies without a sandbox too
# limits: files=4MB
for i in range(30):
    with open('holes%d' % i, 'wb') as f:
        f.truncate(4 << 20)
print('made')
