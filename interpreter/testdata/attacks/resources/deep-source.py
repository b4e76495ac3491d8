# try: break the compiler with source that is nested too deep
# layer: session
# effect: parent: the session does not say so
# want: MemoryError|RecursionError|SyntaxError|Crash
# bare: no, the parent sees it without a sandbox too
eval('(' * 100000 + ')' * 100000)
