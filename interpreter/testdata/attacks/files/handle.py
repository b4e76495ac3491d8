# try: open a file by its handle, whatever the folders on the way
# layer: seccomp
# effect: word: the call is made
# want: PermissionError.*name_to_handle_at
# without: effect
import ctypes
handle = ctypes.create_string_buffer(136)
ctypes.c_uint.from_buffer(handle).value = 128
number = ctypes.c_int()
path = ctypes.create_string_buffer(b'.')
call('name_to_handle_at', -100, path, handle, ctypes.byref(number), 0)
effect('a handle is had')
