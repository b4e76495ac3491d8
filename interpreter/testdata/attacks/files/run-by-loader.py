# try: have the dynamic loader, which may be executed, run a program that may not
# layer: private root
# effect: leak: the file's text is shown
# want: cannot open shared object file|no such loader|FileNotFoundError|error while loading
import glob, subprocess
loaders = glob.glob('/lib64/ld-linux-*.so.*') + glob.glob('/lib/ld-linux-*.so.*')
if not loaders:
    raise RuntimeError('no such loader')
done = subprocess.run([loaders[0], '/bin/cat', SECRET], capture_output=True, text=True)
print(done.stdout, done.stderr)
