# try: mount its root again so that it can be written to
# layer: seccomp
# effect: word: it can
# want: PermissionError.*mount
# bare: no, it would change this machine
# short: yes
import ctypes
call('mount', 0, ctypes.create_string_buffer(b'/'), 0, 32, 0)
effect('it can')
