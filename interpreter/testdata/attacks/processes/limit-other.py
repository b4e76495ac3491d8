# try: set a limit of another program
# layer: pid namespace
# effect: process: its limits are others
# want: ProcessLookupError|PermissionError
import resource
resource.prlimit(VICTIM, resource.RLIMIT_NOFILE, (3, 3))
