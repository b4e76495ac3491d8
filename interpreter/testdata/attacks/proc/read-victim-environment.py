# try: read the environment of another program of the user
# layer: private root
# effect: leak: a token is shown
# want: FileNotFoundError|PermissionError
print(open('/proc/%d/environ' % VICTIM).read())
