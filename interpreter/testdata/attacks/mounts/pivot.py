# try: make another folder the root
# layer: seccomp
# effect: word: it is
# want: PermissionError.*pivot_root
# bare: no, it would change this machine
import ctypes, os
os.mkdir('m')
call('pivot_root', ctypes.create_string_buffer(b'.'), ctypes.create_string_buffer(b'm'))
effect('it is')
