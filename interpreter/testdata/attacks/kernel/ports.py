# try: talk to the hardware
# layer: seccomp
# effect: word: it may
# want: OSError|PermissionError
# bare: no, it is a thing of amd64
import platform
if platform.machine() != 'x86_64':
    raise PermissionError('no such call')
call(172, 3)
effect('it may')
