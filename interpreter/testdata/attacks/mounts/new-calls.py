# try: mount with the newer calls
# layer: seccomp
# effect: word: one of them works
# want: PermissionError.*fsopen
# bare: no, it would change this machine
# without: either
import ctypes
name = ctypes.create_string_buffer(b'tmpfs')
for arguments in ('open_tree', -100, ctypes.create_string_buffer(b'/'), 1), ('move_mount', -100, name, -100, name, 0), ('mount_setattr', -100, ctypes.create_string_buffer(b'/'), 0, ctypes.create_string_buffer(32), 32), ('fspick', -100, ctypes.create_string_buffer(b'/'), 0), ('fsopen', name, 0):
    try:
        call(*arguments)
        effect(arguments[0])
    except OSError as e:
        error = e
raise error
