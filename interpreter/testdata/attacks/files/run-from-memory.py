# try: run a program from a file that is only in memory
# layer: seccomp
# effect: word: the file is made
# want: PermissionError.*memfd_create
# short: yes
# without: effect
import ctypes
call('memfd_create', ctypes.create_string_buffer(b'x'), 0)
effect('the file is made')
