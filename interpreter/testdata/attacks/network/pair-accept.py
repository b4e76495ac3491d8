# try: make one of a pair of sockets a listener
# layer: seccomp
# effect: word: it listens
# want: PermissionError|OSError
# bare: no, the kernel refuses it
import socket
a, b = socket.socketpair()
a.listen()
effect('it listens')
