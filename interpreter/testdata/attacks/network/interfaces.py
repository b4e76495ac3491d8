# try: list the machine's network interfaces
# layer: network namespace
# effect: word: one is up
# want: OSError|PermissionError|none|FileNotFoundError
# bare: no, a machine need not be connected
import socket, os
print([n for _, n in socket.if_nameindex()])
if set(n for _, n in socket.if_nameindex()) - {'lo'}:
    effect('one is known')
print('none')
