with open('squares.txt', 'w') as f:
    for n in range(1, 21):
        print(n * n, file=f)
print(sum(n * n for n in range(1, 21)))
