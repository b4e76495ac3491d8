# try: list the machine's addresses and change them
# layer: seccomp
# effect: word: the socket is open
# want: PermissionError
# without: effect
import socket
socket.socket(16, socket.SOCK_RAW, 0)
effect('the socket is open')
