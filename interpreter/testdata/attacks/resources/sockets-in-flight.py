# try: hide descriptors in messages that nobody reads, beyond the limit
# layer: rlimits
# effect: word: there are more than ten thousand
# want: OSError
# bare: no, a machine may allow it
import array, socket
a, b = socket.socketpair()
a.setblocking(False)
fds = array.array('i', [0] * 250)
for i in range(40):
    a.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
effect('there are more than ten thousand')
