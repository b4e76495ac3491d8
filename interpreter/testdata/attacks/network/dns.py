# try: find the address of a name, and so send the name out
# layer: network namespace
# effect: word: an address is found
# want: gaierror|PermissionError
# bare: no, a machine need not be connected
# short: yes
import socket
print(socket.getaddrinfo('secret.example.com', 80))
effect('an address is found')
