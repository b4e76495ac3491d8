print(len({line.strip().lower() for line in open('mails.txt')}))
