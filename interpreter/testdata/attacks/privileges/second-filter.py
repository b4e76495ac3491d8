# try: put a filter of its own over ours, to answer its calls itself
# layer: seccomp
# effect: word: it is there
# want: PermissionError.*seccomp
# without: effect
# bare: no, only with no_new_privs
import ctypes, struct
code = ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, 0x7fff0000))
call('seccomp', 1, 0, ctypes.create_string_buffer(struct.pack('HxxxxxxP', 1, ctypes.addressof(code))))
effect('it is there')
