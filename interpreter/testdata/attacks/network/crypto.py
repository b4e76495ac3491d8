# try: use the kernel's ciphers through a socket
# layer: seccomp
# effect: word: the socket is open
# want: PermissionError
# without: either
# bare: no, a kernel need not have it
import socket
socket.socket(38, socket.SOCK_SEQPACKET)
effect('the socket is open')
