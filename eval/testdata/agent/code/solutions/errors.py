print(sum(line.split()[2] == 'ERROR' for line in open('app.log')))
