import datetime
print(datetime.date(1873, 5, 9).strftime('%A'))
