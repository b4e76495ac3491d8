# try: show a value that never ends
# layer: session
# effect: hang: the result does not come
# want: Timeout|items
# bare: no, the parent's clock runs without a sandbox too
# limits: wall=1s
class Endless:
    def __repr__(self):
        while True:
            pass
Endless()
