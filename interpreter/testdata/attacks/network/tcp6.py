# try: call a program of the machine over IPv6
# layer: network namespace
# effect: answer: the listener is called
# want: PermissionError
# bare: no, a machine need not have IPv6
import socket
print(socket.create_connection(('::1', TCP6), 2).recv(100))
