# try: connect without connect, by sending with MSG_FASTOPEN
# layer: network namespace
# effect: answer: the listener is called
# want: PermissionError
import socket
s = socket.socket()
s.settimeout(2)
s.sendto(b'x', 0x20000000, ('127.0.0.1', TCP4))
print(s.recv(100))
