# try: open a file of the machine by a guessed handle
# layer: seccomp
# effect: word: a file is open
# want: PermissionError.*open_by_handle_at
# bare: no, the handle is a guess
import ctypes, os, struct
handle = ctypes.create_string_buffer(struct.pack('IiIIQ', 8, 1, 2, 0, 0))
call('open_by_handle_at', os.open('.', os.O_RDONLY), handle, 0)
effect('a file is open')
