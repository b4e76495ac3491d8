# try: load a module into the kernel
# layer: seccomp
# effect: word: the kernel looks at it
# want: PermissionError.*module
# bare: no, it would change this machine's kernel
import ctypes
for arguments in ('init_module', ctypes.create_string_buffer(b'x'), 1, ctypes.create_string_buffer(b'')), ('finit_module', 0, ctypes.create_string_buffer(b''), 0), ('delete_module', ctypes.create_string_buffer(b'nosuch'), 0):
    try:
        call(*arguments)
    except OSError as e:
        if e.errno not in (1, 38):
            effect(str(e))
        error = e
raise error
