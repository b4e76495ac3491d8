# try: add to a file, as to somebody's .bashrc
# layer: private root
# effect: file: the file is changed
# want: FileNotFoundError|PermissionError
open(FILE, 'a').write('alias ls=evil\n')
