# try: send a signal with tkill
# layer: pid namespace
# effect: process: it is gone
# want: ProcessLookupError|PermissionError
call('tkill', VICTIM, 9)
