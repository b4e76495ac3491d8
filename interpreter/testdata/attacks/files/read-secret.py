# try: read a file outside that anybody on the machine may read
# layer: private root
# effect: leak: the file's text is shown
# want: FileNotFoundError|PermissionError
# short: yes
print(open(SECRET).read())
