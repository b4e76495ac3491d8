# try: find out the name of the machine
# layer: uts namespace
# effect: word: the name is known
# want: sandbox
# without: effect
# short: yes
import os
if os.uname().nodename == HOST:
    effect('the name is known')
print(os.uname().nodename)
