print(sum(c in 'aeiou' for c in 'The quick brown fox jumps over the lazy dog near the riverbank'.lower()))
