# try: join the process group of another program, to be missed when its own is killed
# layer: pid namespace
# effect: word: it has joined
# want: PermissionError|ProcessLookupError
# bare: no, it leads a session and cannot
import os
os.setpgid(0, VICTIM)
effect('it has joined')
