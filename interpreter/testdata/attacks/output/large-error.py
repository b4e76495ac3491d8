# try: raise an error whose type, text and trace are larger than a reply
# layer: session
# effect: parent: its memory grows
# want: ProtocolError|X
# bare: no, the parent bounds it without a sandbox too
def deep(n):
    if n:
        return deep(n - 1)
    raise type('X' * 3000000, (Exception,), {})('y' * 30000000)
deep(500)
