# try: have the kernel kill another process first when memory runs out
# layer: private root
# effect: process: its score is changed
# want: FileNotFoundError|PermissionError
open('/proc/%d/oom_score_adj' % VICTIM, 'w').write('1000')
