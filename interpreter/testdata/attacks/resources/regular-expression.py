# try: match for ever
# layer: session
# effect: hang: the result does not come
# want: Timeout
# bare: no, the parent's clock runs without a sandbox too
# limits: wall=500ms
import re
re.match(r'(a+)+$', 'a' * 100 + 'b')
