# try: take the kernel's memory with timers
# layer: rlimits
# effect: word: it has ten thousand
# want: Resource temporarily unavailable
# bare: no, a machine may allow it
import ctypes
number = ctypes.c_int()
for i in range(10000):
    call('timer_create', 1, 0, ctypes.byref(number))
effect('it has ten thousand')
