# try: have the machine's clock run faster
# layer: seccomp
# effect: word: it does
# want: PermissionError
# bare: no, it would change this machine
import ctypes, struct
timex = ctypes.create_string_buffer(struct.pack('Iiqq', 2, 0, 0, 32768000) + bytes(200))
for arguments in ('adjtimex', timex), ('clock_adjtime', 0, timex):
    try:
        call(*arguments)
        effect('it does')
    except OSError as e:
        error = e
raise error
