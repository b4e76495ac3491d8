# try: move or remove its workspace itself
# layer: private root
# effect: parent: the session is stuck
# want: stopped
# bare: no, it has a folder on the disk then
import os
for attempt in lambda: os.rmdir(os.getcwd()), lambda: os.rename(os.getcwd(), '/tmp/moved'), lambda: os.rename(os.getcwd(), os.getcwd() + '2'):
    try:
        attempt()
        effect('it is moved')
    except OSError as e:
        print('stopped', e)
