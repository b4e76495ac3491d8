# try: read a disk or the machine's memory as a device
# layer: private root
# effect: word: it is open
# want: nothing is open
# bare: as root
import os
for name in 'sda', 'vda', 'nvme0n1', 'xvda', 'loop0', 'mem', 'kmem', 'port', 'kmsg', 'fuse', 'kvm', 'net/tun', 'uinput', 'vhost-vsock', 'nvidia0', 'dri/card0':
    try:
        os.close(os.open('/dev/' + name, os.O_RDONLY))
        effect('/dev/' + name)
    except OSError:
        pass
print('nothing is open')
