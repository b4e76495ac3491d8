# try: see what the machine has
# layer: private root
# effect: word: folders of the machine are seen
# want: folders:|PermissionError
import os
folders = os.listdir('/')
if set(folders) & {'root', 'home', 'boot', 'srv', 'opt', 'run'}:
    effect('folders of the machine are seen')
print('folders:', folders)
