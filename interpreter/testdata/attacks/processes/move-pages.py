# try: move another program's memory between nodes
# layer: seccomp
# effect: word: the call is made
# want: PermissionError.*migrate_pages
# without: either
# bare: no, a kernel need not have it
import ctypes
nodes = ctypes.c_ulong(1)
call('migrate_pages', VICTIM, 64, ctypes.byref(nodes), ctypes.byref(nodes))
effect('the call is made')
