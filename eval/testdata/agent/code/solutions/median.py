import statistics
print(statistics.median([12, 7, 3, 25, 18, 9, 31, 4]))
