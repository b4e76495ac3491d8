# try: enter the namespaces of another program
# layer: private root
# effect: word: it is in
# want: FileNotFoundError|PermissionError
# bare: as root
import os
call('setns', os.open('/proc/%d/ns/uts' % PARENT, os.O_RDONLY), 0)
effect('it is in')
