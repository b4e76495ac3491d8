# try: ask the cloud's service for the machine's credentials
# layer: network namespace
# effect: word: it is connected
# want: PermissionError|Operation not permitted
# bare: no, a machine need not be in a cloud
import urllib.request
urllib.request.urlopen('http://169.254.169.254/latest/meta-data/', timeout=2)
effect('it is connected')
