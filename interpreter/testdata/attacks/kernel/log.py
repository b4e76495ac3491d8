# try: read the kernel's log, with its addresses
# layer: seccomp
# effect: word: it is read
# want: PermissionError.*syslog
# bare: as root
# without: either
import ctypes
call('syslog', 3, ctypes.create_string_buffer(4096), 4096)
effect('it is read')
