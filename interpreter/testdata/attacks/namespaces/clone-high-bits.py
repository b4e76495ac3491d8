# try: hide the flag for a namespace beside rubbish in the upper half
# layer: seccomp
# effect: word: it is started
# want: PermissionError.*clone
# without: either
# bare: no, a kernel may refuse the rubbish
import os
if call('clone', 1 << 40 | 0x10000000 | 17, 0, 0, 0, 0) == 0:
    os._exit(0)
os.wait()
effect('it is started')
