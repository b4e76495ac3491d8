import calendar
print(calendar.leapdays(1900, 2025))
