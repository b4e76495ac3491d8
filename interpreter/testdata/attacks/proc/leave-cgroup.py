# try: leave the control group and its limits
# layer: private root
# effect: word: a group can be written to
# want: FileNotFoundError|PermissionError|none
# bare: as root
import glob, os
for name in glob.glob('/sys/fs/cgroup/**/cgroup.procs', recursive=True):
    try:
        os.open(name, os.O_WRONLY)
        effect(name)
        break
    except OSError:
        pass
print('none')
