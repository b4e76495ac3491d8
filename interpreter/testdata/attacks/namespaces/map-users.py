# try: be given other users' numbers in its namespace
# layer: private root
# effect: word: it is given them
# want: FileNotFoundError|PermissionError
# bare: no, only a namespace of its own has such a map
open('/proc/self/uid_map', 'w').write('0 0 1')
effect('it is given them')
