import csv
print(sum(float(r['price']) * int(r['quantity']) for r in csv.DictReader(open('orders.csv')) if r['region'] == 'north'))
