# try: break what the driver needs
# layer: session
# effect: parent: the session does not say so
# want: .
# bare: no, the parent sees it without a sandbox too
import builtins, os, sys
for name in list(vars(builtins)):
    if name not in ('__import__', 'print'):
        delattr(builtins, name)
