# try: open a file outside with openat2
# layer: private root
# effect: leak: the file's text is shown
# want: PermissionError|FileNotFoundError
import ctypes, os, struct
how = ctypes.create_string_buffer(struct.pack('QQQ', os.O_RDONLY, 0, 0))
fd = call('openat2', -100, ctypes.create_string_buffer(SECRET.encode()), how, 24)
print(os.read(fd, 100))
