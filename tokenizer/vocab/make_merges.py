#!/usr/bin/env python3
"""Writes qwen.merges.gz, the merges of all Qwen vocabularies, from qwen.tiktoken.

    python make_merges.py qwen.tiktoken     (a file of QwenLM/Qwen-Agent, Apache-2.0)

Merge i joins the tokens left[i] and right[i] to token 256+i; tokens 0..255 are the bytes
in the order of GPT-2's byte-to-unicode spelling. The file is the gzip of six planes of
one byte a merge: the low, middle and high bytes of left, then those of right.
"""
import base64, gzip, sys

ranks = {}
for line in open(sys.argv[1], "rb"):
    token, rank = line.split()
    ranks[base64.b64decode(token)] = int(rank)


def halves(token, rank):
    """The two tokens of lower rank that encoding token with lower ranks ends in."""
    parts = [token[i:i + 1] for i in range(len(token))]
    while True:
        best = min((ranks.get(a + b, rank), i) for i, (a, b) in enumerate(zip(parts, parts[1:])))
        if best[0] >= rank:
            break
        i = best[1]
        parts[i:i + 2] = [parts[i] + parts[i + 1]]
    assert len(parts) == 2, token
    return ranks[parts[0]], ranks[parts[1]]


order = sorted(ranks, key=ranks.get)
printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
assert order[:256] == [bytes([b]) for b in printable + [b for b in range(256) if b not in printable]]
pairs = [halves(t, r) for r, t in enumerate(order) if r >= 256]
planes = b"".join(bytes(p[side] >> shift & 255 for p in pairs) for side in (0, 1) for shift in (0, 8, 16))
with open("qwen.merges.gz", "wb") as f:
    f.write(gzip.compress(planes, 9, mtime=0))
print(len(pairs), "merges")
