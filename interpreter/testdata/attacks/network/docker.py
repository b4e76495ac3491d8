# try: have the container service start something as root
# layer: private root
# effect: word: it is connected
# want: none
# bare: no, a machine need not have one
import socket
for path in '/var/run/docker.sock', '/run/containerd/containerd.sock', '/run/podman/podman.sock', '/run/dbus/system_bus_socket', '/run/systemd/private', '/tmp/.X11-unix/X0':
    try:
        socket.socket(socket.AF_UNIX).connect(path)
        effect(path)
    except OSError:
        pass
print('none')
