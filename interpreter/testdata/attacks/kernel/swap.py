# try: use a file of the workspace as swap, to see others' memory in it
# layer: seccomp
# effect: word: it is used
# want: PermissionError.*swapon
# bare: no, it would change this machine
import ctypes
open('swap', 'wb').write(bytes(1 << 20))
call('swapon', ctypes.create_string_buffer(b'swap'), 0)
effect('it is used')
