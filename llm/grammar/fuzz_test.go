package grammar

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// FuzzSchema reads schemas of random bytes. What can be compiled is written once, and the
// text must be valid if the other implementation reads the schema too.
func FuzzSchema(f *testing.F) {
	for _, test := range schemaTests {
		f.Add([]byte(test.schema), uint64(1))
	}
	for _, test := range schemaErrors {
		f.Add([]byte(test.schema), uint64(2))
	}
	r := rand.New(rand.NewPCG(6, 6))
	for range 30 {
		f.Add([]byte(randomSchema(r, 3)), uint64(3))
	}
	v := smallVocabulary(r)
	mask := make([]uint64, v.words())
	f.Fuzz(func(t *testing.T, schema []byte, seed uint64) {
		if len(schema) > 1<<12 {
			return
		}
		g, err := Limits{String: 20, Items: 4, Depth: 2, Recursion: 3}.Schema(schema)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "grammar: schema: ") {
				t.Fatal(err)
			}
			return
		}
		m := g.Matcher(v)
		var text strings.Builder
		r := rand.New(rand.NewPCG(seed, 7))
		for range 400 {
			if m.Done() && (m.Ended() || r.IntN(3) == 0) {
				break
			}
			allowed := checkMask(t, m, mask)
			if len(allowed) == 0 {
				t.Fatalf("no way on from %q", text.String())
			}
			id := allowed[r.IntN(len(allowed))]
			checkForced(t, m, id)
			if err := m.Accept(id); err != nil {
				t.Fatal(err)
			}
			text.Write(v.tokens[id])
		}
		if !m.Done() {
			return
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(schema)))
		if err != nil {
			t.Fatalf("a schema that is no JSON was compiled: %v", err)
		}
		c := jsonschema.NewCompiler()
		c.AssertFormat()
		if c.AddResource("fuzz.json", doc) != nil {
			return
		}
		s, err := c.Compile("fuzz.json")
		if err != nil {
			return
		}
		x, err := jsonschema.UnmarshalJSON(strings.NewReader(text.String()))
		if err != nil {
			t.Fatalf("%s: %v", text.String(), err)
		}
		// oneOf is read as anyOf.
		if err := s.Validate(x); err != nil && !strings.Contains(string(schema), "oneOf") {
			t.Fatalf("%s: %v", text.String(), err)
		}
	})
}

// checkForced checks that a token that is allowed, -1 for none, agrees with what is forced,
// and that nothing more is.
func checkForced(t *testing.T, m *Matcher, id int32) {
	t.Helper()
	forced := m.Forced()
	b := []byte{}
	if id >= 0 {
		b = m.v.tokens[id]
	}
	if n := min(len(b), len(forced)); string(b[:n]) != string(forced[:n]) {
		t.Fatalf("%q is allowed, but %q is forced", b, forced)
	}
	c := m.Clone()
	if err := c.AcceptBytes(forced); err != nil {
		t.Fatal(err)
	}
	if !c.Done() {
		ways := 0
		for b := range 256 {
			if c.Clone().AcceptBytes([]byte{byte(b)}) == nil {
				ways++
			}
		}
		if ways < 2 {
			t.Fatalf("%q is forced, and then there are %d ways on", forced, ways)
		}
	}
}

// FuzzPattern holds automata of patterns against Go's regexp: what the automaton takes,
// regexp matches too, and nothing is taken if there is no text that is.
func FuzzPattern(f *testing.F) {
	for _, p := range append(patterns, `(a|b*)+?c{2,}`, `^$|x`, `[^a-f\d\]]\u0041`, `(?:(?<n>a)|)$`, `\p{Script=Greek}|\W\S\D`, `{|}]`, `a{2}{3}`, `(^a|b$)c`, `.^a`) {
		for _, s := range []string{"", "ab", "ba", "aab", "É日.!", "+123", "a\n"} {
			f.Add(p, s)
		}
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 200 || !utf8.ValidString(text) {
			return
		}
		d, err := compilePattern(pattern, false, new(int))
		if err != nil {
			return
		}
		theirs, err := regexp.Compile(strings.ReplaceAll(pattern, "(?<", "(?P<"))
		if err != nil {
			return // it has another syntax
		}
		took := d.match(text)
		if took && !theirs.MatchString(text) {
			t.Fatalf("%q takes %q, which regexp does not", pattern, text)
		}
		// What the classes differ in is the only reason to take less.
		if !took && theirs.MatchString(text) && !strings.ContainsAny(pattern, `\.[`) {
			t.Fatalf("%q does not take %q, which regexp does", pattern, text)
		}
		whole, err := compilePattern(pattern, true, new(int))
		if err != nil || whole.states() == 0 {
			return
		}
		if whole.match(text) && !took {
			t.Fatalf("all of %q fits %q, but no part", text, pattern)
		}
		g, err := newGrammar(word{whole, 40 + whole.distances()[0], false})
		if err != nil {
			t.Fatal(err)
		}
		m := g.Matcher(bytesOnly)
		fits := m.AcceptBytes([]byte(text)) == nil && m.Done()
		if fits != whole.match(text) && len(text) <= 40 {
			t.Fatalf("%q and %q: the grammar says %v, the automaton %v", pattern, text, fits, !fits)
		}
		checkForced(t, g.Matcher(bytesOnly), -1)
	})
}

// FuzzMatcher follows random tokens through a turn: a matcher never panics, refuses
// without moving, and says the same as another that is given the bytes one by one.
func FuzzMatcher(f *testing.F) {
	r := rand.New(rand.NewPCG(8, 8))
	v := smallVocabulary(r)
	f.Add([]byte("\x01\x02"))
	f.Add([]byte(`{"thought": "x", "tool": "calc", "arguments": {"expr": "1"}}`))
	f.Add([]byte("{\"thought\": \"x\", \"tool\": \"python\"}\n```python\nprint()\n```"))
	f.Add([]byte("{\"thought\": \"\xe6\x97\xa5\", \"answer\": \"\\ud83d\\ude00\"}"))
	g, err := Turn(TurnSpec{Tools: []llm.Tool{calcTool, pythonTool}, Answer: true, Limits: Limits{Thought: 20, String: 20, Code: 20}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, ids []byte) {
		m := g.Matcher(v)
		text := []byte{}
		for i := 0; i < len(ids); i++ {
			id := int32(ids[i])
			if id == 255 && i+1 < len(ids) { // the tokens behind the single bytes
				i++
				id += int32(ids[i])
			}
			before := m.s
			allows := m.Allows(id)
			if err := m.Accept(id); (err == nil) != allows {
				t.Fatalf("Allows %v, Accept %v", allows, err)
			}
			if allows {
				text = append(text, v.tokens[id]...)
			} else if m.s != before {
				t.Fatal("a token that was refused moved the matcher")
			}
		}
		n := g.Matcher(v)
		for _, c := range text {
			if err := n.AcceptBytes([]byte{c}); err != nil {
				t.Fatal(err)
			}
		}
		if n.Done() != m.Done() || string(n.Forced()) != string(m.Forced()) {
			t.Fatal("tokens and bytes lead to different places")
		}
	})
}
