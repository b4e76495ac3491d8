# try: leave a POSIX queue for others
# layer: ipc namespace
# effect: word: it is there
# want: PermissionError.*mq_open
# bare: no, it would be left on this machine
import ctypes
call('mq_open', ctypes.create_string_buffer(KEY.encode()), 0o102, 0o666, 0)
effect('it is there')
