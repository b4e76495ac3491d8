# try: make a system call by the numbers of x32
# layer: seccomp
# effect: word: it is answered
# want: Crash: .*signal 31|no such
# without: either
# bare: no, a kernel need not have it
import platform
if platform.machine() != 'x86_64':
    raise SystemExit('no such numbers')
call(0x40000000 + 39)
effect('it is answered')
