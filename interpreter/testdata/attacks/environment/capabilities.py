# try: hold a capability
# layer: no new privileges
# effect: word: it holds one
# want: none
# bare: as root
import ctypes, struct
header, data = ctypes.create_string_buffer(struct.pack('Ii', 0x20080522, 0)), ctypes.create_string_buffer(24)
ctypes.CDLL(None).capget(header, data)
if any(data.raw):
    effect('it holds one')
print('none')
