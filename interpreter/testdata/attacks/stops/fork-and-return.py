# try: come out of a cell twice
# layer: session
# effect: parent: it takes the second answer
# want: 7
# bare: no, the driver takes care of it without a sandbox too
import os
os.fork()
7
