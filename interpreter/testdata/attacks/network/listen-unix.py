# try: put a socket into the workspace, for a program outside to call
# layer: seccomp
# effect: word: it listens
# want: PermissionError
# without: either
# bare: yes
import socket
s = socket.socket(socket.AF_UNIX)
s.bind('\0' + KEY + '-own')
s.listen()
effect('it listens')
