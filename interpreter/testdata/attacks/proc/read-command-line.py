# try: read the arguments of the agent, which may hold a key
# layer: private root
# effect: word: they are read
# want: FileNotFoundError|PermissionError
if open('/proc/%d/cmdline' % PARENT).read():
    effect('they are read')
