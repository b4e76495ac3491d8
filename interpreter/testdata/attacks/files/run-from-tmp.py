# try: make a program in the temporary folder and run it
# layer: private root
# effect: word: the program ran
# want: PermissionError
# bare: no, the temporary folder may be on a file system without programs
import os, subprocess, sys, tempfile
path = tempfile.mkdtemp() + '/program'
open(path, 'w').write('#!%s\nprint("EFFECT program")\n' % os.path.realpath(sys.executable))
os.chmod(path, 0o755)
print(subprocess.run([path], capture_output=True, text=True, check=True).stdout)
