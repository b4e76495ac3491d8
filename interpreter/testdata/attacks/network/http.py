# try: fetch a page
# layer: network namespace
# effect: answer: the listener is called
# want: PermissionError|Operation not permitted
import urllib.request
urllib.request.urlopen('http://127.0.0.1:%d/' % TCP4, timeout=2).read()
