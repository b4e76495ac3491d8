# try: hide the flag for a user namespace behind a pointer
# layer: seccomp
# effect: word: it is started
# want: OSError.*Function not implemented
# without: effect
# short: yes
import ctypes, os, struct
if call('clone3', ctypes.create_string_buffer(struct.pack('QQQQQQQQ', 0x10000000, 0, 0, 0, 17, 0, 0, 0)), 64) == 0:
    os._exit(0)
os.wait()
effect('it is started')
