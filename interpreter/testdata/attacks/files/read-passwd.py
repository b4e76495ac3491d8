# try: read the machine's list of users
# layer: private root
# effect: word: root is on the list
# want: user:x:1000|PermissionError|FileNotFoundError
# short: yes
text = open('/etc/passwd').read()
if 'root:' in text:
    effect('root is on the list')
print(text)
