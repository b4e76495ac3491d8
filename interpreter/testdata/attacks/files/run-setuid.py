# try: run a program that would make it root
# layer: no new privileges
# effect: word: it ran
# want: FileNotFoundError|PermissionError
# bare: no, a machine need not have one
# short: yes
import subprocess
for name in '/usr/bin/su', '/bin/su', '/usr/bin/sudo', '/usr/bin/passwd', '/usr/bin/mount', '/usr/bin/newuidmap':
    try:
        subprocess.run([name, '--version'], capture_output=True)
        effect(name)
    except FileNotFoundError as e:
        error = e
raise error
