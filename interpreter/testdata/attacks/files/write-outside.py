# try: make a file in a folder that anybody may write to
# layer: private root
# effect: file: the file is there
# want: FileNotFoundError|PermissionError
# short: yes
open(TARGET + '/new', 'w').write('x')
