# try: open a socket of Bluetooth, CAN or X.25, whose code few have looked at
# layer: seccomp
# effect: word: one is open
# want: none
# without: either
# bare: no, a kernel need not have them
import socket
for family, kind, protocol in (31, 3, 1), (29, 3, 1), (9, 5, 0), (30, 5, 0), (21, 5, 0), (41, 2, 0), (44, 3, 0), (39, 3, 0):
    try:
        socket.socket(family, kind, protocol)
        effect('family %d' % family)
    except OSError:
        pass
print('none')
