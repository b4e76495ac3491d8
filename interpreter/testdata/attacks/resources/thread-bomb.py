# try: start ten thousand threads
# layer: rlimits
# effect: word: it has more than a thousand
# want: can't start new thread
# bare: no, it would hold up this machine
# short: yes
import threading
wait = threading.Event()
try:
    for i in range(10000):
        threading.Thread(target=wait.wait, daemon=True).start()
        if i == 1000:
            effect('it has more than a thousand')
finally:
    wait.set()
