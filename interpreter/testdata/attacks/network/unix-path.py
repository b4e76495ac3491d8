# try: call a program by its socket in the file system
# layer: private root
# effect: answer: the listener is called
# want: PermissionError
import socket
s = socket.socket(socket.AF_UNIX)
s.settimeout(2)
s.connect(UNIX)
print(s.recv(100))
