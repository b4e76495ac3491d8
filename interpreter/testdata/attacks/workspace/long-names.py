# try: fill the parent's memory with names that it remembers, cell after cell
# layer: session
# effect: parent: its memory grows
# want: made.*made.*made
# bare: no, the parent copies files without a sandbox too
def make(k):
    import os, shutil
    for i in range(22):
        os.mkdir('d' * 250)
        os.chdir('d' * 250)
    for i in range(8000):
        open('%s%d-%d' % ('f' * 235, k, i), 'w').close()
    os.chdir('/work')
    print('made')
make(1)
# ---
def clear():
    import os
    def empty(folder):
        for e in list(os.scandir(folder)):
            if e.is_dir(follow_symlinks=False):
                fd = os.open(e.name, os.O_RDONLY, dir_fd=folder)
                empty(fd)
                os.close(fd)
                os.rmdir(e.name, dir_fd=folder)
            elif e.name != 'mine.txt':
                os.unlink(e.name, dir_fd=folder)
    empty(os.open('.', os.O_RDONLY))
clear()
make(2)
# ---
clear()
make(3)
