# try: confuse the parent with names of files
# layer: session
# effect: file: one lands outside
# want: made
# bare: no, the parent copies files without a sandbox too
for name in b'\xff\xfe', b'a\nb', b'\x1b[2J', b'..\\..\\x', b' ', b'-rf', b'~', b'$(touch x)', b'%00', b'con', b'a' * 255, '\u202etxt.exe'.encode(), b'mine.txt.qwen-agent-new', b'...':
    open(name, 'w').write('x')
print('made')
