# try: take the kernel's memory with signals that are not delivered
# layer: rlimits
# effect: word: it has ten thousand
# want: BlockingIOError|Resource temporarily unavailable|PermissionError
# bare: no, a machine may allow it
import ctypes, os, signal, struct
signal.pthread_sigmask(signal.SIG_BLOCK, {40})
info = ctypes.create_string_buffer(struct.pack('iii', 40, 0, -1) + struct.pack('Iii', 0, os.getpid(), os.getuid()) + bytes(104))
for i in range(10000):
    call('rt_sigqueueinfo', os.getpid(), 40, info)
effect('it has ten thousand')
