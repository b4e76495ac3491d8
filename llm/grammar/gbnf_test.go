package grammar

import (
	"math/rand/v2"
	"strings"
	"testing"
)

var gbnfTests = []struct {
	name, src string
	yes, no   []string // as in schemaTests
}{
	{"literal", `root ::= "yes" | "no"`, []string{"yes", "no"}, []string{"maybe", "ye..."}},
	{"classes", `root ::= [a-cX] [^a-c\n] . [\]\-\x41\u00e9-\u00ef]`, []string{"aXx]", "X日\n-", "bd😀A", "cdeé"}, []string{"d", "aa", "a\n", "axxB"}},
	{"repetitions", "root ::= \"a\"? \"b\"* \"c\"+ \"d\"{2} \"e\"{1,} \"f\"{0,2}", []string{"cdde", "abbccddeeeff"}, []string{"dd", "cde", "cdd...", "cddefff"}},
	{"recursion", "root ::= expr\nexpr ::= term (\" + \" term)*\nterm ::= [0-9]+ | \"(\" expr \")\"", []string{"1", "1 + (2 + 34)", "((((7))))"}, []string{"1 +2", "(1...", "()"}},
	{"lines and comments", "# head\nroot ::= (\n  \"a\" | # one\n  \"b\"\n)\n  \n\n x-1 ::= \"c\" |\n \"d\"\n", []string{"a", "b"}, []string{"c"}},
	{"right recursion", "root ::= \"a\" root | \"b\"", []string{"b", "aaab"}, []string{"aaa...", "ba"}},
	{"empty things repeated", "root ::= (\"a\"? b)* \"!\"\nb ::= \"b\"* | c\nc ::= \"\" | \"x\" c \"y\"", []string{"!", "ab!", "bbaxyabb!", "xxyy!"}, []string{"x!", "y", "ab..."}},
	{"empty", `root ::= ""`, []string{""}, []string{"a"}},
	{"escapes", `root ::= "\"\\\n\t\r\x41\u00e9\U0001f600"`, []string{"\"\\\n\t\rAé😀"}, []string{`\"`}},
	{"llama.cpp's list", "root ::= item+\n\n# Excludes various line break characters\nitem ::= \"- \" [^\\r\\n\\x0b\\x0c\\x85\\u2028\\u2029]+ \"\\n\"", []string{"- a\n- b c\n"}, []string{"- \n", "a"}},
	{"llama.cpp's json", `root   ::= object
value  ::= object | array | string | number | ("true" | "false" | "null") ws

object ::=
  "{" ws (
            string ":" ws value
    ("," ws string ":" ws value)*
  )? "}" ws

array  ::=
  "[" ws (
            value
    ("," ws value)*
  )? "]" ws

string ::=
  "\"" (
    [^"\\\x7F\x00-\x1F] |
    "\\" (["\\bfnrt] | "u" [0-9a-fA-F]{4}) # escapes
  )* "\"" ws

number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9] [1-9]{0,15})? ws

# Optional space: by convention, applied in this grammar after literal chars when allowed
ws ::= | " " | "\n" [ \t]{0,20}
`, []string{`{}`, `{"a": [1, -2.5e3, {"b": null}], "c":"\u00e9\n"}`}, []string{`[1]`, `{"a"}`, `{"a": 01`}},
}

func TestGBNF(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 17))
	v := smallVocabulary(r)
	mask := make([]uint64, v.words())
	for _, test := range gbnfTests {
		t.Run(test.name, func(t *testing.T) {
			g, err := GBNF(test.src)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range test.yes {
				if got := verdict(g, text); got != "yes" {
					t.Errorf("%q: %s, want yes", text, got)
				}
			}
			for _, text := range test.no {
				text, part := strings.CutSuffix(text, "...")
				if got := verdict(g, text); got == "yes" || part != (got == "more") {
					t.Errorf("%q: %s, want no", text, got)
				}
			}
			m := g.Matcher(v)
			for range 60 {
				allowed := checkMask(t, m, mask)
				if len(allowed) == 0 {
					break
				}
				if err := m.Accept(allowed[r.IntN(len(allowed))]); err != nil {
					t.Fatal(err)
				}
				if end := m.Shortest(nil); m.AcceptBytes(nil) != nil || len(end) != m.Rest() {
					t.Fatalf("%d bytes to the end, found %q", m.Rest(), end)
				}
			}
			if !m.Ended() && len(checkMask(t, m, mask)) == 0 {
				t.Error("a text without an end")
			}
		})
	}
}

func TestGBNFErrors(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{"", `there is no rule "root"`},
		{"root ::= x", `line 1: there is no rule "x"`},
		{"root ::= \"a\"\nroot ::= \"b\"", `line 2: there are two rules "root"`},
		{"root := \"a\"", `rule "root" has no ::=`},
		{"root ::= \"a", `rule "root": a " that is not closed`},
		{"root ::= [a", "a [ that is not closed"},
		{"root ::= (\"a\"", "a ( that is not closed"},
		{"root ::= \"a\" )", `found ")", want its end`},
		{"root ::= * \"a\"", "a * with nothing before it"},
		{"root ::= \"a\"{3,2}", "goes down"},
		{"root ::= \"a\"{x}", "a { without its numbers"},
		{"root ::= [z-a]", "goes down"},
		{`root ::= "\q"`, `unknown escape \q`},
		{`root ::= "\ud800"`, "is no character"},
		{`root ::= <[1000]>`, "tokens by their number"},
		{"root ::= root \"a\" | \"b\"", "recursive without end: a rule comes back to itself"},
		{"root ::= \"a\" x\nx ::= \"b\" x", "no text fits"},
		{"root ::= " + strings.Repeat("(", 60000), "groups inside one another"},
		{"root ::= \"a\"{1000000}", "want at most"},
		{"root ::= ((((\"a\"{1,60000}){1,60000}){1,60000}) \"b\"", "not closed"},
		{"root ::= \"" + strings.Repeat("x", maxGBNF) + "\"", "want at most"},
		{"root ::= \"" + strings.Repeat("x", maxNodes+1) + "\"", "too large"},
		{"\xff", "not UTF-8"},
	} {
		if _, err := GBNF(test.src); err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "grammar: gbnf: ") {
			t.Errorf("%.60q: error %v, want one with %q", test.src, err, test.want)
		}
	}
}

func TestRegex(t *testing.T) {
	g, err := Regex(`(\d{3}-)?\d{4}|none`)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"555-1234": "yes", "1234": "yes", "none": "yes", "555": "more", "12345": "no: 1234|5", "nope": "no: no|pe"} {
		if got := verdict(g, text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if g, err = (Limits{String: 5}).Regex(`"[^"]*"`); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{`"\n日"`: "yes", `"abcd`: `no: "abc|d`} {
		if got := verdict(g, text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	for pattern, want := range map[string]string{"(": "a ( that is not closed", "a^b": "no value fits", "(?=a)": "lookahead", ".*a.{30}": "too large"} {
		if _, err := Regex(pattern); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", pattern, err, want)
		}
	}
}

// FuzzGBNF: a grammar that is read has an end from everywhere, and masks say what Allows says.
func FuzzGBNF(f *testing.F) {
	for _, test := range gbnfTests {
		f.Add(test.src, uint64(1))
	}
	v := smallVocabulary(rand.New(rand.NewPCG(18, 18)))
	mask := make([]uint64, v.words())
	f.Fuzz(func(t *testing.T, src string, seed uint64) {
		if len(src) > 1<<10 {
			return
		}
		g, err := GBNF(src)
		if err != nil {
			return
		}
		r := rand.New(rand.NewPCG(seed, 19))
		m := g.Matcher(v)
		for range 30 {
			allowed := checkMask(t, m, mask)
			if len(allowed) == 0 {
				if !m.Ended() {
					t.Fatal("no way on")
				}
				return
			}
			if err := m.Accept(allowed[r.IntN(len(allowed))]); err != nil {
				t.Fatal(err)
			}
			if m.Rest() < 1<<12 {
				c := m.Clone()
				if err := c.AcceptBytes(m.Shortest(nil)); err != nil || !c.Done() {
					t.Fatal("the shortest way does not lead to an end")
				}
			}
		}
	})
}
