# try: send a datagram to a socket in the file system
# layer: private root
# effect: answer: the listener is called
# want: PermissionError
import socket
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', UNIXGRAM)
