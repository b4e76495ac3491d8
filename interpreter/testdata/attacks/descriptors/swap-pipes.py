# try: exchange the pipes for commands and replies
# layer: session
# effect: hang: the session waits for ever
# want: closed|ended the interpreter|Timeout
# bare: no, the parent sees it without a sandbox too
# limits: wall=1s
import os
os.dup2(3, 10)
os.dup2(4, 3)
os.dup2(10, 4)
