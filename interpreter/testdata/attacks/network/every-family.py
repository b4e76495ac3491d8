# try: open a socket of any family
# layer: seccomp
# effect: word: one is open
# want: none
# short: yes
# without: effect
import socket
for family in range(64):
    for kind in 1, 2, 3, 5:
        for flags in 0, socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC:
            try:
                socket.socket(family, kind | flags)
                effect('family %d kind %d' % (family, kind))
            except OSError as e:
                if e.errno != 1 and e.errno != 97 and e.errno != 22 and e.errno != 94 and e.errno != 93:
                    print(family, kind, e)
print('none')
