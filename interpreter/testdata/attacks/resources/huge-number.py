# try: compute in C for ever
# layer: session
# effect: hang: the result does not come
# want: Timeout.*did not stop
# bare: no, the parent's clock runs without a sandbox too
# limits: wall=500ms
# short: yes
sum(range(10**15))
