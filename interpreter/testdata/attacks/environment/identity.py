# try: be root
# layer: user
# effect: word: it is root
# want: user 1000
# bare: as root
# without: stopped
import os
if 0 in os.getresuid() + os.getresgid() or 0 in os.getgroups():
    effect('it is root')
print('user', os.getuid())
