# try: see what is mounted on the machine
# layer: private root
# effect: word: it is listed
# want: FileNotFoundError|PermissionError
open('/proc/%d/mountinfo' % PARENT).read()
effect('it is listed')
