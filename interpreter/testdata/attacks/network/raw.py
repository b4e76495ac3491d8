# try: read what goes over the machine's network
# layer: network namespace
# effect: word: the socket is open
# want: PermissionError
# bare: as root
import socket
socket.socket(17, socket.SOCK_RAW, 0x300)
effect('the socket is open')
