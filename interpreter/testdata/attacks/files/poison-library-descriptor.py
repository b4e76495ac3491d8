# try: change a module of Python through a descriptor that was opened for reading
# layer: private root
# effect: word: the module is open for writing
# want: PermissionError|Read-only|Bad file descriptor|FileNotFoundError
# bare: no, it would change this machine's Python
import os
fd = os.open(os.__file__, os.O_RDONLY)
os.pwrite(fd, b'', 0)
effect('written to a descriptor for reading')
