# try: end the agent
# layer: pid namespace
# effect: process: the agent gets a signal
# want: ProcessLookupError|PermissionError
# short: yes
import os, signal
os.kill(PARENT, signal.SIGTERM)
