# try: have a timer signal another process
# layer: pid namespace
# effect: process: it is gone
# want: OSError: .*Invalid argument|PermissionError
# bare: no, the kernel refuses it
import ctypes, struct
event = ctypes.create_string_buffer(struct.pack('qiii', 0, 9, 4, VICTIM) + bytes(44))
number = ctypes.c_int()
call('timer_create', 1, event, ctypes.byref(number))
effect('the timer is made')
