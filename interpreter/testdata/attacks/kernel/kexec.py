# try: start another kernel
# layer: seccomp
# effect: word: the kernel looks at it
# want: PermissionError.*kexec
# bare: no, it would end this machine
import ctypes
for arguments in ('kexec_load', 0, 0, 0, 0), ('kexec_file_load', 0, 0, 0, ctypes.create_string_buffer(b''), 0):
    try:
        call(*arguments)
        effect('loaded')
    except OSError as e:
        if e.errno not in (1, 38):
            effect(str(e))
        error = e
if error.errno == 38:
    raise PermissionError('kexec is not in this kernel')
raise error
