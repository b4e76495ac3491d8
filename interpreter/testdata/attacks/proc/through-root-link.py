# try: reach the machine's files through another process's root
# layer: private root
# effect: leak: the file's text is shown
# want: FileNotFoundError|PermissionError
print(open('/proc/%d/root%s' % (PARENT, SECRET)).read())
