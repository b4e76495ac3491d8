package grammar

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
)

func TestShortest(t *testing.T) {
	for _, test := range []struct{ schema, begin, want string }{
		{`{"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}, "c": {}}, "required": ["a", "b"]}`, "", `{"a": "", "b": 0}`},
		{`{"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}, "c": {}}, "required": ["a", "b"]}`, `{"a": "x\u00`, `00", "b": 0}`},
		{`{"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}, "c": {}}, "required": ["a", "b"]}`, `{"a": "", "b": 12, "`, `c": 0}`},
		{`{"type": "array", "items": {"enum": ["long", "no"]}, "minItems": 3}`, `["lo`, `ng", "no", "no"]`},
		{`{"type": "string", "pattern": "^a{2}b*c{3}$"}`, `"aabb`, `ccc"`},
		{`{"type": "string", "minLength": 4}`, `"é`, `   "`},
		{`{"type": "integer"}`, `12`, ``},
		{`{"type": "number", "minimum": 1000}`, `1`, `000`},
		{`{"$defs": {"t": {"anyOf": [{"type": "array", "items": {"$ref": "#/$defs/t"}, "minItems": 1}, {"const": "leaf"}]}}, "$ref": "#/$defs/t"}`, `[[`, `"leaf"]]`},
		{`{"type": "array", "minItems": 100000000, "items": {}}`, "", "x"},
	} {
		g, err := Schema([]byte(test.schema))
		if err != nil {
			t.Fatal(err)
		}
		m := g.Matcher(bytesOnly)
		if err := m.AcceptBytes([]byte(test.begin)); err != nil {
			t.Fatal(err)
		}
		if test.want == "x" { // too long to be written
			if m.Rest() != 3*100000000 {
				t.Errorf("%s: %d bytes", test.schema, m.Rest())
			}
			continue
		}
		if got := string(m.Shortest(nil)); got != test.want || m.Rest() != len(test.want) {
			t.Errorf("%s after %s: %q and %d bytes, want %q", test.schema, test.begin, got, m.Rest(), test.want)
		}
	}
}

// TestRest checks at random places of texts under random schemas that Shortest leads to
// an end in Rest bytes, and that no byte makes Rest fall by more than one: there is no
// shorter way.
func TestRest(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 16))
	v := smallVocabulary(r)
	mask := make([]uint64, v.words())
	turn, err := Turn(TurnSpec{Tools: []llm.Tool{calcTool, pythonTool}, Answer: true, Limits: Limits{Thought: 20, String: 20, Code: 20}})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	grammars, places := 250, 2000
	if testing.Short() {
		grammars, places = 40, 300
	}
	for i := range grammars {
		g := turn
		if i%5 > 0 {
			g, err = Limits{String: 60, Items: 8, Depth: 2}.Schema([]byte(randomSchema(r, 3)))
			if err != nil {
				continue
			}
		}
		m := g.Matcher(v)
		for range 40 {
			n++
			rest := m.Rest()
			end := m.Shortest(nil)
			if len(end) != rest || (rest == 0) != m.Done() {
				t.Fatalf("%d bytes, and the shortest way is %q; done: %v", rest, end, m.Done())
			}
			c := m.Clone()
			if err := c.AcceptBytes(end); err != nil || !c.Done() {
				t.Fatalf("%q does not lead to an end: %v", end, err)
			}
			for b := range 256 {
				if c := m.Clone(); c.AcceptBytes([]byte{byte(b)}) == nil && c.Rest() < rest-1 {
					t.Fatalf("%d bytes, but %d after %q", rest, c.Rest(), []byte{byte(b)})
				}
			}
			allowed := checkMask(t, m, mask)
			if len(allowed) == 0 {
				break
			}
			if err := m.Accept(allowed[r.IntN(len(allowed))]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n < places {
		t.Errorf("only %d places", n)
	}
}

// TestRestInALongText asks for it in a long text, over and over.
func TestRestInALongText(t *testing.T) {
	g, err := Schema([]byte(`{"type": "array", "items": {"type": "string", "pattern": "^[ab]*$"}, "minItems": 2}`))
	if err != nil {
		t.Fatal(err)
	}
	m := g.Matcher(bytesOnly)
	text := `["` + strings.Repeat("ab", 2000) + `", "`
	for i := range len(text) {
		if err := m.AcceptBytes([]byte{text[i]}); err != nil {
			t.Fatal(err)
		}
		m.Rest()
	}
	if got := string(m.Shortest(nil)); got != `"]` {
		t.Error(got)
	}
}
