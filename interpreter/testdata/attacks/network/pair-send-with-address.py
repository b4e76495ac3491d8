# try: send from one of a pair of sockets to another's address
# layer: network namespace
# effect: answer: the listener is called
# want: OSError|PermissionError
# bare: no, the kernel refuses it
import socket
a, b = socket.socketpair()
a.sendmsg([b'x'], [], 0, '\0' + KEY)
