# try: change the machine's domain
# layer: seccomp
# effect: word: it has another
# want: PermissionError.*setdomainname
# bare: no, it would change this machine
import ctypes
call('setdomainname', ctypes.create_string_buffer(b'owned'), 5)
effect('it has another')
