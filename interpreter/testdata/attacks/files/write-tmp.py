# try: leave a file in the machine's temporary folder
# layer: private root
# effect: file: the file is there
# want: written|PermissionError|FileNotFoundError
open('/tmp/' + KEY, 'w').write('x')
print('written')
