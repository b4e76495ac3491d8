# try: run the shell
# layer: private root
# effect: word: the shell ran
# want: FileNotFoundError|PermissionError
# short: yes
import subprocess
print(subprocess.run(['/bin/sh', '-c', 'echo EFFECT shell'], capture_output=True, text=True, check=True).stdout)
