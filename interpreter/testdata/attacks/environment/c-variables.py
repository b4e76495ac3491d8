# try: look for tokens in the environment as C has it, and behind it on the stack
# layer: start
# effect: leak: a token is shown
# want: HOME
# bare: no, the environment is empty without a sandbox too
import ctypes
pointers = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), 'environ')
i = 0
while pointers[i]:
    print(pointers[i])
    i += 1
first = ctypes.cast(pointers, ctypes.POINTER(ctypes.c_void_p))[0]
print(ctypes.string_at(first, 200))
