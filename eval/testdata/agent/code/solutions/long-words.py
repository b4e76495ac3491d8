print(sum(len(w) > 5 for w in open('words.txt').read().split()))
