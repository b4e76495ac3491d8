# try: read the environment of the agent
# layer: private root
# effect: leak: a token is shown
# want: FileNotFoundError|PermissionError
# short: yes
print(open('/proc/%d/environ' % PARENT).read())
