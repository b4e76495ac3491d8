# try: leave something in the kernel's keyring
# layer: seccomp
# effect: word: it is there
# want: PermissionError.*add_key
# without: either
# bare: no, a kernel need not have it
# short: yes
import ctypes
call('add_key', ctypes.create_string_buffer(b'user'), ctypes.create_string_buffer(KEY.encode()), ctypes.create_string_buffer(b'x'), 1, -4)
effect('it is there')
