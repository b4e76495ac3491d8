# try: execute a descriptor with execveat
# layer: seccomp
# effect: word: the call is made
# want: PermissionError.*execveat
# without: effect
import ctypes, os
open('program', 'w').write('x')
try:
    call('execveat', os.open('program', os.O_PATH), ctypes.create_string_buffer(b''), 0, 0, 0x1000)
except PermissionError as e:
    if e.errno == 1:
        raise
effect('the call is made')
