import csv, datetime
d = [datetime.date.fromisoformat(r['date']) for r in csv.DictReader(open('events.csv'))]
print(max(b - a for a, b in zip(d, d[1:])).days)
