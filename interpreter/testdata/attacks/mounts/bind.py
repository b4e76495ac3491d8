# try: mount one folder on top of another
# layer: seccomp
# effect: word: it is mounted
# want: PermissionError.*mount
# bare: no, it would stay on this machine
import ctypes, os
os.mkdir('m')
call('mount', ctypes.create_string_buffer(b'/'), ctypes.create_string_buffer(b'm'), 0, 4096 | 16384, 0)
effect('it is mounted')
