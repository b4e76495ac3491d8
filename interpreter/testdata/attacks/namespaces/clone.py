# try: start a process in a user namespace with clone
# layer: seccomp
# effect: word: it is started
# want: PermissionError.*clone
# without: effect
# short: yes
import os
if call('clone', 0x10000000 | 17, 0, 0, 0, 0) == 0:
    os._exit(0)
os.wait()
effect('it is started')
