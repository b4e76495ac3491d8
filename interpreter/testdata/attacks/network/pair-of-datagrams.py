# try: get a socket that can send to others out of a pair
# layer: seccomp
# effect: answer: the listener is called
# want: PermissionError
# short: yes
import socket
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
a.sendto(b'x', UNIXGRAM)
