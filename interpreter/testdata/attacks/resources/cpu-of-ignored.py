# try: compute in processes that end without being waited for, so that nobody counts their time
# layer: session
# effect: word: it used more than its limit
# want: Timeout.*CPU time
# bare: no, the parent counts without a sandbox too
# limits: cpu=1s wall=15s
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
end = time.time() + 12
while time.time() < end:
    if os.fork() == 0:
        while time.process_time() < 0.05:
            pass
        os._exit(0)
    time.sleep(0.05)
effect('it used more than its limit')
