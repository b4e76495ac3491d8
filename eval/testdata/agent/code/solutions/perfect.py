print(sum(n for n in range(2, 10000) if sum(d for d in range(1, n) if n % d == 0) == n))
