# try: watch what others do with files
# layer: seccomp
# effect: word: it watches
# want: PermissionError
# without: effect
import ctypes
try:
    call('fanotify_init', 0x200, 0)
    effect('it watches all')
except OSError:
    pass
call('inotify_init1', 0)
effect('it watches')
