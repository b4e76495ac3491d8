# try: show a value that is larger than the memory
# layer: session
# effect: parent: its memory grows
# want: .
# bare: no, the parent bounds it without a sandbox too
class Large:
    def __repr__(self):
        return 'x' * 200000000
Large()
