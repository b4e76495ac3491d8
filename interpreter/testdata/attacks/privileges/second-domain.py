# try: make a Landlock domain of its own
# layer: seccomp
# effect: word: it is there
# want: PermissionError.*landlock_create_ruleset
# without: effect
# bare: no, a kernel need not have it
import ctypes, struct
call('landlock_create_ruleset', ctypes.create_string_buffer(struct.pack('Q', 1)), 8, 0)
effect('it is there')
