package grammar

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// TestHostile has schemas that are large, or meant to take long.
func TestHostile(t *testing.T) {
	var words, optional, chain strings.Builder
	for i := range 10000 {
		fmt.Fprintf(&words, `, "%d%d"`, i%7, i*i)
	}
	for i := range 3000 {
		fmt.Fprintf(&optional, `"p%d": {"type": "integer"}, `, i)
	}
	for i := range 3000 {
		fmt.Fprintf(&chain, `"d%d": {"type": "array", "items": {"$ref": "#/$defs/d%d"}}, `, i, i+1)
	}
	var patterns, names, letters strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&patterns, `{"type": "string", "pattern": "^(a|b)*a(a|b){9}c{%d}$"}, `, i)
		letters.WriteRune(rune(0x4e00 + i))
	}
	var truths, doubling strings.Builder
	for i := range 200000 {
		fmt.Fprintf(&truths, `"p%d": true, `, i)
	}
	for i := range 60 {
		fmt.Fprintf(&doubling, `"d%d": {"allOf": [{"$ref": "#/$defs/d%d"}, {"$ref": "#/$defs/d%d"}]}, `, i, i+1, i+1)
	}
	for i := range 40 {
		fmt.Fprintf(&names, `"%c": {}, `, 0x3041+i)
	}
	for _, test := range []struct {
		name, schema string
		write        string // must fit, as the beginning of a value
		want         string // in the error; "" is none
	}{
		{"10,000 values", `{"enum": ["x"` + words.String() + `]}`, `"6169"`, ""},
		{"3,000 optional properties", `{"properties": {` + optional.String() + `"last": {}}}`, `{"p1": 1, "p2999": 2, "last": `, ""},
		{"200,000 properties", `{"properties": {` + truths.String() + `"last": true}}`, "", "too large"},
		{"references that double under an enum", `{"enum": [1], "$ref": "#/$defs/d0", "$defs": {` + doubling.String() + `"d60": true}}`, "", "too large: the values of an enum"},
		{"two long enums", `{"allOf": [{"enum": ["x"` + words.String() + `]}, {"enum": ["y"` + words.String() + `]}]}`, "", "too large: the values of an enum"},
		{"5 MB description", `{"type": "null", "description": "` + strings.Repeat("x", 5<<20) + `"}`, "null", ""},
		{"5 MB name", `{"properties": {"` + strings.Repeat("x", 5<<20) + `": {}}}`, "", "too large"},
		{"9 MB", `{"description": "` + strings.Repeat("x", 9<<20) + `"}`, "", "want at most"},
		{"chain of references", `{"$defs": {` + chain.String() + `"d3000": {"type": "null"}}, "$ref": "#/$defs/d0"}`, strings.Repeat("[", 2999), ""},
		{"ambiguous", `{"$defs": {"t": {"anyOf": [{"type": "array", "items": {"$ref": "#/$defs/t"}}, {"type": "array", "maxItems": 9, "items": {"$ref": "#/$defs/t"}}, {"type": "array", "maxItems": 8, "items": {"$ref": "#/$defs/t"}}]}}, "$ref": "#/$defs/t"}`, "[[[[[[[", ""},
		{"long string", `{"type": "string", "minLength": 100000000, "maxLength": 200000000}`, `"abc`, ""},
		{"many items", `{"type": "array", "minItems": 200000000, "maxItems": 200000000, "items": {"const": 1}}`, `[1, 1, 1`, ""},
		{"huge bound", `{"type": "number", "minimum": 1e900, "maximum": 1e999}`, "1", ""},
		{"deep", strings.Repeat(`{"anyOf": [`, 30) + "{}" + strings.Repeat("]}", 30), "1", ""},
		{"patterns that are large together", `{"prefixItems": [` + patterns.String() + `{}]}`, "", "too large"},
		{"many patterns of names", `{"patternProperties": {` + names.String() + `"^z": {}}, "additionalProperties": false}`, "", "too large"},
		{"a pattern of many characters", `{"type": "string", "pattern": "` + letters.String() + `"}`, "", "too large"},
		{"a pattern that backtracks", `{"type": "string", "pattern": "^(([a-z])+.)+[A-Z]([a-z])+$"}`, `"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`, ""},
		{"names that begin alike", `{"additionalProperties": {"type": "null"}, "properties": {"` + strings.Repeat("a", 200) + `": {}, "` + strings.Repeat("a", 64) + `": {}}}`, `{"` + strings.Repeat("a", 63) + `": null`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			hostile(t, func() (*Grammar, error) { return Limits{Recursion: 64}.Schema([]byte(test.schema)) }, test.write, test.want)
		})
	}
}

// hostile makes a grammar, which fails with the text want if that is not "", and else takes the text write.
func hostile(t *testing.T, compile func() (*Grammar, error), write, want string) {
	t.Helper()
	start := time.Now()
	g, err := compile()
	if want != "" {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Fatalf("error %v, want one with %q", err, want)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	v := smallVocabulary(rand.New(rand.NewPCG(9, 9)))
	m := g.Matcher(v)
	if err := m.AcceptBytes([]byte(write)); err != nil {
		t.Fatal(err)
	}
	checkMask(t, m, make([]uint64, v.words()))
	if n := len(m.Forced()); n > MaxForced {
		t.Errorf("%d bytes are forced, want at most %d", n, MaxForced)
	}
	if d := time.Since(start); d > 20*time.Second { // generous: the machine may be busy
		t.Errorf("it took %v", d)
	}
	t.Log(time.Since(start), len(g.p.nodes), "nodes", m.a.size(), "bytes")
}

// TestFull follows a text through more states than an automaton may have.
func TestFull(t *testing.T) {
	g, err := Schema([]byte(`{"type": "string", "maxLength": 1000000}`))
	if err != nil {
		t.Fatal(err)
	}
	v := smallVocabulary(rand.New(rand.NewPCG(10, 10)))
	mask := make([]uint64, v.words())
	m := g.Matcher(v)
	old := m.Clone()
	first := m.a
	m.AcceptBytes([]byte(`"`))
	for i := range 300000 {
		if err := m.Accept('x'); err != nil {
			t.Fatal(err)
		}
		if i%10000 == 0 {
			checkMask(t, m, mask)
			if m.a.size() > 2*maxAutomaton {
				t.Fatalf("the automaton has %d bytes", m.a.size())
			}
		}
	}
	if m.a == first {
		t.Error("the text was to need more than one automaton")
	}
	if err := m.AcceptBytes([]byte(`"`)); err != nil || !m.Ended() {
		t.Error("not at the end:", err)
	}
	if err := old.AcceptBytes([]byte(`"y"`)); err != nil || !old.Done() {
		t.Error("the other matcher lost its way:", err)
	}
}

// TestHostileGBNF has rules that are small, and stand for very many texts or ways.
func TestHostileGBNF(t *testing.T) {
	nest, twice, more := `"a"?`, "", ""
	for i := range 150 {
		nest = `("b"? ` + nest + `)*`
		twice += fmt.Sprintf("a%d ::= a%d a%d\n", i, i+1, i+1)
		more += fmt.Sprintf("a%d ::= a%d \"y\" | a%d \"z\" | a%d\n", i, i+1, i+1, i+1)
	}
	for _, test := range []struct{ name, src, write, want string }{ // as in TestHostile
		{"loops inside one another", "root ::= " + nest, "abba", ""},
		{"many optional things in a loop", "root ::= (" + strings.Repeat(`"a"? `, 20000) + `"b"?)*`, "aaba", ""},
		{"empty rules that double", "root ::= a0\n" + twice + `a150 ::= "x"?`, "", "ways to begin a text"},
		{"alternatives that begin alike", "root ::= a0\n" + more + `a150 ::= "x"`, "xyzzy", ""},
		{"a long forced text", "root ::= a{60000}\na ::= b{60000}\nb ::= \"x\"{60000}", "xx", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			hostile(t, func() (*Grammar, error) { return GBNF(test.src) }, test.write, test.want)
		})
	}
}

// TestReferenceSpelling has references to one place that are spelled in several ways: all of them count as recursion.
func TestReferenceSpelling(t *testing.T) {
	for _, schema := range []string{
		`{"$defs": {"t": {"type": "array", "items": {"$ref": "#/$defs/t"}}}, "$ref": "#/$defs/t"}`,
		`{"$defs": {"t": {"type": "array", "items": {"$ref": "#/%24defs/t"}}}, "$ref": "#/$defs/t"}`,
		`{"$defs": {"t": {"properties": {"definitions": {"$ref": "#/$defs/u"}}}, "u": {"type": "array", "items": {"$ref": "#/$defs/t"}}}, "$ref": "#/$defs/t"}`,
	} {
		g, err := Limits{Recursion: 3}.Schema([]byte(schema))
		if err != nil {
			t.Fatal(err)
		}
		deep := strings.Repeat("[", 10)
		if strings.Contains(schema, "definitions") {
			deep = strings.Repeat(`{"definitions": [`, 10)
		}
		if got := verdict(g, deep); !strings.HasPrefix(got, "no: ") {
			t.Errorf("%s: %s is taken, want 3 levels at most", schema, deep)
		}
	}
}
