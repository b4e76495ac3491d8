print(round(5000 * 1.035 ** 12, 2))
