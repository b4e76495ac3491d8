# try: write without end and listen to nothing
# layer: session
# effect: hang: the result does not come
# want: Timeout.*left out
# bare: no, the parent's clock runs without a sandbox too
# limits: wall=500ms
while True:
    try:
        while True:
            print('x' * 1000)
    except BaseException:
        pass
