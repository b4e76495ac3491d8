import csv
print(round(sum(float(r['amount']) for r in csv.DictReader(open('sales.csv')) if r['customer'] == 'Lind'), 2))
