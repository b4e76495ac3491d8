# try: mount a file system
# layer: seccomp
# effect: word: it is mounted
# want: PermissionError.*mount
# bare: no, it would stay on this machine
# short: yes
import ctypes, os
os.mkdir('m')
call('mount', ctypes.create_string_buffer(b'x'), ctypes.create_string_buffer(b'm'), ctypes.create_string_buffer(b'tmpfs'), 0, 0)
effect('it is mounted')
