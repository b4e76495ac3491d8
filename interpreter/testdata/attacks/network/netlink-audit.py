# try: reach the kernel's audit through netlink
# layer: seccomp
# effect: word: the socket is open
# want: PermissionError
# without: either
# bare: no, a kernel need not have it
import socket
socket.socket(16, socket.SOCK_RAW, 9)
effect('the socket is open')
