package grammar

import (
	"bytes"
	"errors"
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// judge validates text with another implementation.
func judge(t testing.TB, schema []byte, text string) error {
	t.Helper()
	return judged(t, schema)(text)
}

// judged returns what validates texts with another implementation.
func judged(t testing.TB, schema []byte) func(text string) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatalf("%s: %v", schema, err)
	}
	return func(text string) error {
		x, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			return err
		}
		return s.Validate(x)
	}
}

// write lets random logits write a text. Every token that is allowed may come, and the
// longer the text is the likelier are those that close something.
func write(t testing.TB, m *Matcher, r *rand.Rand, mask []uint64) (string, int) {
	var b strings.Builder
	allowed := func(id int32) bool { return mask[id/64]>>(id%64)&1 == 1 }
	for tokens := 0; ; tokens++ {
		if m.Ended() || m.Done() && r.IntN(3) == 0 {
			return b.String(), tokens
		}
		m.Mask(mask)
		id := int32(-1)
		if r.IntN(20+tokens) >= 18 {
			for _, c := range []string{"]", "}", "\""} { // the last that is allowed: a quote ends a string first
				if x := longest(m.v, c); allowed(x) {
					id = x
				}
			}
		}
		if id < 0 { // the first that is allowed, from any place on
			from := r.IntN(len(mask) * 64)
			for i := range len(mask) + 1 { // the first word again at last, for its lower bits
				w := (from/64 + i) % len(mask)
				set := mask[w]
				if i == 0 {
					set &= ^uint64(0) << (from % 64)
				}
				if set != 0 {
					id = int32(w*64 + bits.TrailingZeros64(set))
					break
				}
			}
		}
		if id < 0 {
			t.Fatalf("nothing is allowed after %q", b.String())
		}
		if err := m.Accept(id); err != nil {
			t.Fatalf("the mask allows what Accept does not: %v", err)
		}
		b.Write(m.v.tokens[id])
	}
}

// testProperty checks random schemas in both directions: what is written under one is
// valid, and what is valid can be written.
func testProperty(t *testing.T, v *Vocabulary, schemas, texts int) {
	r := rand.New(rand.NewPCG(4, 4))
	mask := make([]uint64, v.words())
	var count struct{ schemas, empty, written, valid, taken, changed, passed int }
	for range schemas {
		schema := randomSchema(r, 3)
		g, err := Limits{String: 60, Items: 8, Depth: 2}.Schema([]byte(schema))
		if err != nil {
			if errors.Is(err, errNothing) || strings.Contains(err.Error(), "unsupported: minProperties") {
				count.empty++
				continue
			}
			t.Fatalf("%s: %v", schema, err)
		}
		count.schemas++
		parsed, err := parseJSON([]byte(schema))
		if err != nil {
			t.Fatal(err)
		}
		valid := judged(t, []byte(schema))
		for range texts {
			text, _ := write(t, g.Matcher(v), r, mask)
			count.written++
			if err := valid(text); err != nil {
				t.Errorf("%s\nunder %s\n%v", text, schema, err)
			}

			text = instance(r, &parsed).canonical()
			if valid(text) == nil {
				count.valid++
				switch got := verdict(g, text); got {
				case "yes":
					count.taken++
					checkTokens(t, g, v, text)
				default:
					t.Logf("%s\nunder %s: %s", text, schema, got)
				}
			}
			for range 20 { // what is a little different is mostly wrong
				wrong := mutate(r, text)
				count.changed++
				if verdict(g, wrong) == "yes" {
					if err := valid(wrong); err != nil {
						t.Errorf("%s\nunder %s\n%v", wrong, schema, err)
					}
					count.passed++
				}
			}
		}
	}
	t.Logf("%+v", count)
	if count.valid*10 < count.written*8 {
		t.Errorf("only %d of %d instances were valid", count.valid, count.written)
	}
	if count.taken*100 < count.valid*99 {
		t.Errorf("%d of %d valid instances were taken, want 99 %%", count.taken, count.valid)
	}
}

// checkTokens follows a text that fits by its longest tokens.
func checkTokens(t *testing.T, g *Grammar, v *Vocabulary, text string) {
	t.Helper()
	m := g.Matcher(v)
	for rest := text; rest != ""; {
		id := longest(v, rest)
		if err := m.Accept(id); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		rest = rest[len(v.tokens[id]):]
	}
	if !m.Done() {
		t.Errorf("%s: not done", text)
	}
}

// mutate leaves out, repeats or changes a piece of s.
func mutate(r *rand.Rand, s string) string {
	i := r.IntN(len(s))
	j := min(len(s), i+1+r.IntN(3))
	switch r.IntN(3) {
	case 0:
		return s[:i] + s[j:]
	case 1:
		return s[:j] + s[i:]
	default:
		const bytes = "0123456789-.eE\"\\ ,:[]{}abcu\xff"
		k := r.IntN(len(bytes))
		return s[:i] + bytes[k:k+1] + s[i+1:]
	}
}

func TestPropertySmall(t *testing.T) {
	n := 1500
	if testing.Short() {
		n = 300
	}
	testProperty(t, smallVocabulary(rand.New(rand.NewPCG(5, 5))), n, 3)
}

func TestPropertyReal(t *testing.T) {
	n := 300
	if testing.Short() {
		n = 10
	}
	testProperty(t, realVocabulary(t), n, 2)
}
