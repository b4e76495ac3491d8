import csv
print(max(csv.DictReader(open('sales.csv')), key=lambda r: float(r['amount']))['customer'])
