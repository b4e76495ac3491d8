# try: load a program into the kernel as a filter of a socket
# layer: seccomp
# effect: word: it is loaded
# want: PermissionError
# without: effect
# short: yes
import ctypes, socket, struct
a, b = socket.socketpair()
code = ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, 0xffffffff))
a.setsockopt(socket.SOL_SOCKET, 26, struct.pack('HxxxxxxP', 1, ctypes.addressof(code)))
effect('it is loaded')
