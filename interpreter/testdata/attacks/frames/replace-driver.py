# try: replace the driver's functions and lie from then on
# layer: session
# effect: parent: it is harmed
# want: replaced|ProtocolError
# bare: no, a cell may lie about itself
import gc
for item in gc.get_objects():
    if isinstance(item, dict) and 'receive' in item and 'send' in item and item.get('__name__') == '<driver>':
        item['shown'] = lambda value: ('\x1b[2J' * 1000, False)
        print('replaced')
# ---
1
# ---
import gc
for item in gc.get_objects():
    if isinstance(item, dict) and 'receive' in item and item.get('__name__') == '<driver>':
        item['shown'] = lambda value: (repr(value), False)
