import datetime
print((datetime.date(2024, 11, 17) - datetime.date(2021, 3, 3)).days)
