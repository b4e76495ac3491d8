# try: read keys and tokens from where programs keep them
# layer: private root
# effect: word: one is read
# want: nothing found
# bare: no, a machine need not have any
import os
for home in {HOME, '/root', '/home'}:
    for name in '.ssh/id_rsa', '.ssh/id_ed25519', '.ssh/authorized_keys', '.aws/credentials', '.netrc', '.git-credentials', '.kube/config', '.docker/config.json', '.bash_history', '.config/gcloud/credentials.db':
        try:
            open(os.path.join(home, name)).read(1)
            effect(name)
        except OSError:
            pass
print('nothing found')
