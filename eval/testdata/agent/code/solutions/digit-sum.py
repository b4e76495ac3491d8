print(sum(map(int, str(2 ** 200))))
