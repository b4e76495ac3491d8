n, s = 97, 0
while n != 1:
    n, s = (n // 2 if n % 2 == 0 else 3 * n + 1), s + 1
print(s)
