# try: read the memory of the kernel
# layer: private root
# effect: word: it is open
# want: FileNotFoundError|PermissionError
# bare: no, a kernel need not have it
import os
for name in '/proc/kcore', '/dev/mem':
    try:
        os.open(name, os.O_RDONLY)
        effect(name)
    except OSError as e:
        error = e
raise error
