# try: hear or forge the kernel's device events
# layer: seccomp
# effect: word: the socket is open
# want: PermissionError
# without: effect
import socket
socket.socket(16, socket.SOCK_DGRAM, 15)
effect('the socket is open')
