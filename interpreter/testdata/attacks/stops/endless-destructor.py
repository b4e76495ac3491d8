# try: loop in a destructor, where exceptions are swallowed
# layer: session
# effect: hang: the result does not come
# want: Timeout
# bare: no, the parent's clock runs without a sandbox too
# limits: wall=500ms
class Endless:
    def __del__(self):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass
Endless()
1
