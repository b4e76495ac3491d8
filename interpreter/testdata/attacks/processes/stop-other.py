# try: stop another program of the user
# layer: pid namespace
# effect: process: it is stopped
# want: ProcessLookupError|PermissionError
import os, signal
os.kill(VICTIM, signal.SIGSTOP)
