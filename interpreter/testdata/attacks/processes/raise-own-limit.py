# try: raise its own limits
# layer: seccomp
# effect: word: the limit is higher
# want: ValueError|PermissionError
# bare: no, a limit may be the kernel's highest
import resource
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard + 1, hard + 1))
effect('the limit is higher')
