# try: have a file's room set aside without writing it
# layer: private root
# effect: word: it has it
# want: No space left|File too large
# bare: no, it would fill this machine's disk
# limits: files=16MB
import os
os.posix_fallocate(os.open('big', os.O_RDWR | os.O_CREAT), 0, 1 << 30)
effect('it has it')
