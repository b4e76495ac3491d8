# try: call the machine that this one runs on
# layer: seccomp
# effect: word: the socket is open
# want: PermissionError
# without: either
# bare: no, a kernel need not have it
import socket
s = socket.socket(40, socket.SOCK_STREAM)
effect('the socket is open')
