# try: call a program by its abstract socket
# layer: network namespace
# effect: answer: the listener is called
# want: PermissionError
# short: yes
import socket
s = socket.socket(socket.AF_UNIX)
s.settimeout(2)
s.connect('\0' + KEY)
print(s.recv(100))
