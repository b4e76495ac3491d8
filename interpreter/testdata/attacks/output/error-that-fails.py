# try: raise an error that fails when it is shown
# layer: session
# effect: parent: the session does not say so
# want: Bad
# bare: no, the driver takes care of it without a sandbox too
class Bad(BaseException):
    def __str__(self):
        raise Bad
    __repr__ = __str__
raise Bad
