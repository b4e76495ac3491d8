# try: mount a /proc to see what runs
# layer: seccomp
# effect: word: it is mounted
# want: PermissionError.*mount
# bare: no, it would stay on this machine
import ctypes, os
os.mkdir('proc')
call('mount', ctypes.create_string_buffer(b'proc'), ctypes.create_string_buffer(b'proc'), ctypes.create_string_buffer(b'proc'), 0, 0)
effect('it is mounted')
