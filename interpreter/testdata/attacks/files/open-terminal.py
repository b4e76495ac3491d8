# try: open the terminal or a new one
# layer: private root
# effect: word: it is open
# want: nothing is open
import os
for name in 'tty', 'console', 'ptmx', 'pts/ptmx', 'pts/0', 'tty0', 'vcs':
    try:
        os.close(os.open('/dev/' + name, os.O_RDWR | os.O_NOCTTY))
        effect('/dev/' + name)
    except OSError:
        pass
print('nothing is open')
