print(sum(720720 % d == 0 for d in range(1, 720721)))
