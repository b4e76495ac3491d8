# try: call a program of the machine over TCP
# layer: network namespace
# effect: answer: the listener is called
# want: PermissionError
# short: yes
import socket
print(socket.create_connection(('127.0.0.1', TCP4), 2).recv(100))
