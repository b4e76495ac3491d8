a, b = 1, 1
for _ in range(59):
    a, b = b, a + b
print(a)
