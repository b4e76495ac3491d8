# try: take mounts away, to see what lies below
# layer: seccomp
# effect: word: one is gone
# want: PermissionError.*umount2
# bare: no, it would change this machine
import ctypes
for path in b'/', b'/tmp', b'/dev/null', b'/work', b'/etc/ld.so.cache', b'/proc', b'/dev/shm':
    try:
        call('umount2', ctypes.create_string_buffer(path), 2)
        effect(path.decode())
    except OSError as e:
        error = e
raise error
