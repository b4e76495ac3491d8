# try: leave a file in the machine's shared memory
# layer: private root
# effect: file: the file is there
# want: written|PermissionError|FileNotFoundError
open('/dev/shm/' + KEY, 'w').write('x')
print('written')
