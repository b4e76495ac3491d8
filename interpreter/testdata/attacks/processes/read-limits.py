# try: learn the limits of another program
# layer: pid namespace
# effect: word: they are known
# want: ProcessLookupError|PermissionError
# without: either
import resource
print(resource.prlimit(VICTIM, resource.RLIMIT_NOFILE))
effect('they are known')
