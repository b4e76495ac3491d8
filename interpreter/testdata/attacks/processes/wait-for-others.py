# try: wait for a process that is not its own
# layer: pid namespace
# effect: word: it has waited
# want: ChildProcessError
# bare: no, the kernel refuses it
import os
os.waitpid(VICTIM, 0)
effect('it has waited')
