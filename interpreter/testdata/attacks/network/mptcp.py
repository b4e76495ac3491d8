# try: call over multipath TCP, which Landlock does not know
# layer: network namespace
# effect: answer: the listener is called
# want: PermissionError
# bare: no, a kernel need not have it
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
s.settimeout(2)
s.connect(('127.0.0.1', TCP4))
print(s.recv(100))
