# try: have the kernel run a program when a control group is empty
# layer: private root
# effect: word: the setting is open
# want: none
# bare: no, only control groups of version 1 have one
import glob, os
for name in glob.glob('/sys/fs/cgroup/*/release_agent'):
    try:
        os.open(name, os.O_WRONLY)
        effect(name)
    except OSError:
        pass
print('none')
