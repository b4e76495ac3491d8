# try: send a signal to a thread of another program
# layer: pid namespace
# effect: process: it is gone
# want: ProcessLookupError|PermissionError
call('tgkill', VICTIM, VICTIM, 9)
