# try: overwrite a file that anybody may write to
# layer: private root
# effect: file: the file is changed
# want: FileNotFoundError|PermissionError
# short: yes
open(FILE, 'w').write('x')
