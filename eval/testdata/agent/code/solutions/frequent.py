import re
print(re.findall(r'\w+', open('text.txt').read().lower()).count('the'))
