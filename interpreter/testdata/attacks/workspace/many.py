# try: have the parent copy more files than it can hold in mind
# layer: session
# effect: parent: its memory grows
# want: No space left|made
# bare: no, it would fill this machine's disk
for i in range(30000):
    open('f%d' % i, 'w').close()
print('made')
