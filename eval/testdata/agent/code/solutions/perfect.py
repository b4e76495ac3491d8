def proper(n):
    total = 1
    for d in range(2, int(n ** 0.5) + 1):
        if n % d == 0:
            total += d + (n // d if d * d < n else 0)
    return total

print(sum(n for n in range(2, 10000) if proper(n) == n))
