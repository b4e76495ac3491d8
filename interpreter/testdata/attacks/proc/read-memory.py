# try: read the memory of another process
# layer: private root
# effect: leak: the canary is found in it
# want: FileNotFoundError|PermissionError
import re
memory = open('/proc/%d/mem' % PARENT, 'rb', 0)
for line in open('/proc/%d/maps' % PARENT):
    found = re.match(r'([0-9a-f]+)-([0-9a-f]+) r.*(stack|heap)', line)
    if found:
        start, end = (int(n, 16) for n in found.groups()[:2])
        memory.seek(start)
        data = memory.read(end - start)
        for match in re.findall(rb'canary-[0-9a-f]{16}', data):
            print(match.decode())
