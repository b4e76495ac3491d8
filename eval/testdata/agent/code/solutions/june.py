import csv
v = [float(r['temperature']) for r in csv.DictReader(open('weather.csv')) if r['day'].startswith('2025-06')]
print(sum(v) / len(v))
