# try: send a datagram to a program of the machine
# layer: network namespace
# effect: answer: the listener is called
# want: PermissionError
# short: yes
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(2)
s.sendto(b'x', ('127.0.0.1', UDP4))
print(s.recv(100))
