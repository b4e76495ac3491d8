# try: see the machine's connections
# layer: private root
# effect: word: they are listed
# want: FileNotFoundError|PermissionError
open('/proc/net/tcp').read()
effect('they are listed')
