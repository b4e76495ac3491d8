# try: connect one of a pair of sockets to another listener
# layer: network namespace
# effect: answer: the listener is called
# want: PermissionError|Transport endpoint is already connected
# bare: no, the kernel refuses it
import socket
a, b = socket.socketpair()
a.connect('\0' + KEY)
print(a.recv(100))
