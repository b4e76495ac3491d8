# try: read the addresses of the kernel
# layer: private root
# effect: word: they are read
# want: FileNotFoundError|PermissionError
if open('/proc/kallsyms').read(100):
    effect('they are read')
