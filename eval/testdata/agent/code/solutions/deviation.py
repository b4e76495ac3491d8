import statistics
print(round(statistics.pstdev([4, 8, 15, 16, 23, 42]), 2))
