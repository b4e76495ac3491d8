# try: look for tokens in its own environment
# layer: start
# effect: leak: a token is shown
# want: HOME
# short: yes
# bare: no, the environment is empty without a sandbox too
import os
print(dict(os.environ))
