# try: push another program's memory out
# layer: seccomp
# effect: word: the call is made
# want: PermissionError.*process_madvise
# without: either
# bare: no, the call needs a descriptor
call('process_madvise', 3, 0, 0, 21, 0)
effect('the call is made')
