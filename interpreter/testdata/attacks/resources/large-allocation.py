# try: take ten gigabytes of memory at once
# layer: rlimits
# effect: parent: the machine's memory is taken
# want: MemoryError
# bare: no, it would fill this machine's memory
# short: yes
data = bytearray(10 << 30)
effect('it has them')
