# try: send ICMP packets, with data in them
# layer: network namespace
# effect: word: one is sent
# want: PermissionError
# bare: as root
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
s.sendto(bytes.fromhex('0800f7ff00000000'), ('127.0.0.1', 0))
effect('one is sent')
