# try: make a program in the workspace and run it
# layer: private root
# effect: word: the program ran
# want: PermissionError
# bare: no, the workspace may be on a file system without programs
import os, subprocess, sys
open('program', 'w').write('#!%s\nprint("EFFECT program")\n' % os.path.realpath(sys.executable))
os.chmod('program', 0o755)
print(subprocess.run(['./program'], capture_output=True, text=True, check=True).stdout)
