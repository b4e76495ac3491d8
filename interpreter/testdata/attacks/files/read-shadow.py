# try: read the machine's passwords
# layer: private root
# effect: word: a password is read
# want: FileNotFoundError|PermissionError
# bare: as root
if 'root:' in open('/etc/shadow').read():
    effect('a password is read')
