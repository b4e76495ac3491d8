# try: watch another program with the processor's counters
# layer: seccomp
# effect: word: it is watched
# want: PermissionError.*perf_event_open
# bare: as root
import ctypes, struct
call('perf_event_open', ctypes.create_string_buffer(struct.pack('IIQ', 1, 128, 0) + bytes(112)), VICTIM, -1, -1, 0)
effect('it is watched')
