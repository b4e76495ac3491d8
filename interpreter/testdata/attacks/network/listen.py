# try: listen for calls from outside
# layer: seccomp
# effect: word: it listens
# want: PermissionError
# without: either
import socket
s = socket.socket()
s.bind(('127.0.0.1', 0))
s.listen()
effect('it listens')
