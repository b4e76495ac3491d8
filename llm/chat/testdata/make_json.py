"""Writes json.json: JSON texts and what Python's json.dumps makes of them.

    python make_json.py

Needs nothing but Python.
"""

import json
import pathlib
import random

TEXTS = [
    '{}', '[]', ' { } ', ' [ ] ', 'null', 'true', ' false ', '""', '0', '-0', '-1', '12345678901234567890123',
    '1.0', '1.50', '-0.0', '1e5', '1E+2', '1e-5', '1e16', '1e15', '123456789.123456789', '0.0001', '0.00001', '1e22', '1e21',
    '5e-324', '1.7976931348623157e308', '9007199254740993.0', '0.1', '100', '1e0', '2.5e-310', '1e100', '0e5', '-1.25E-7',
    '{"b": 1, "a": {"d": [1,2 ,3], "c": null}}', '{"a":1,"a":2}', '{"a":1,"b":2,"a":{"x":[]}}', '{"": ""}',
    r'"a\/b"', r'"\u00e9\u4e2d\ud83d\uddfc"', r'"\u0000\u001f\u007f\u0080\u2028"', r'"\b\f\n\r\t\"\\"', '"é中🗼 <>&\'"', r'"\u003c\u0026"',
    '[1,\n\t2]', '{"type":"object","properties":{"x":{"type":"number","minimum":0.0,"maximum":1e3}},"required":["x"]}',
    '[[[[[]]]]]', '{"a":{"a":{"a":{}}}}', r'{"\u0061":1,"a":2}', r'{"a\n":1}',
]


def main():
    random.seed(1)
    texts = list(TEXTS)
    for _ in range(300):
        x = random.choice([
            random.uniform(-10, 10), random.uniform(-1, 1) * 10 ** random.randint(-30, 30), random.randint(-10**20, 10**20),
            round(random.uniform(-100, 100), random.randint(0, 5)), float(random.randint(-10**18, 10**18)),
        ])
        texts.append(random.choice([repr(x), "%e" % x, "%.3f" % x if isinstance(x, float) else repr(x), "%g" % x]))
    pairs = [[t, json.dumps(json.loads(t), ensure_ascii=False)] for t in texts]
    path = pathlib.Path(__file__).parent / "json.json"
    path.write_text(json.dumps(pairs, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
