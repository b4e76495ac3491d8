# try: leave the root with chroot and a descriptor outside of it
# layer: seccomp
# effect: word: the root is another
# want: PermissionError.*chroot
# bare: as root
import ctypes, os
os.mkdir('jail')
call('chroot', ctypes.create_string_buffer(b'jail'))
effect('the root is another')
