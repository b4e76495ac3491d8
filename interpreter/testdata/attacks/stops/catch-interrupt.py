# try: catch the interrupt and go on
# layer: session
# effect: hang: the result does not come
# want: Timeout.*did not stop
# bare: no, the parent's clock runs without a sandbox too
# limits: wall=500ms
# short: yes
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
