# try: make a forbidden call with rubbish in the upper half of its number
# layer: seccomp
# effect: word: it is made
# want: PermissionError|Crash|not implemented
# without: effect
# short: yes
import ctypes
number = {'x86_64': 272, 'aarch64': 97}[__import__('os').uname().machine]
call(number | 1 << 32, 0x10000000)
effect('it is made')
