# try: leave a file in the folder for lasting temporary files
# layer: private root
# effect: file: the file is there
# want: PermissionError|FileNotFoundError
open('/var/tmp/' + KEY, 'w').write('x')
