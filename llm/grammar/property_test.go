package grammar

import (
	"bytes"
	"fmt"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// judge validates text with another implementation.
func judge(t testing.TB, schema []byte, text string) error {
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
	x, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return s.Validate(x)
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

// randomSchema returns a schema, and writes only keywords that are known.
func randomSchema(r *rand.Rand, depth int) string {
	kinds := 11
	if depth == 0 {
		kinds = 7
	}
	bounds := func(least, most string, n int) string {
		lo, hi := r.IntN(n), r.IntN(n)
		if lo > hi {
			lo, hi = hi, lo
		}
		s := ""
		if r.IntN(2) == 0 {
			s += fmt.Sprintf(`, "%s": %d`, least, lo)
		}
		if r.IntN(2) == 0 {
			s += fmt.Sprintf(`, "%s": %d`, most, hi)
		}
		return s
	}
	switch r.IntN(kinds) {
	case 0:
		return `{"type": "string"` + bounds("minLength", "maxLength", 9) + `}`
	case 1:
		return `{"type": "integer"` + bounds("minimum", "maximum", 2000) + `}`
	case 2:
		return `{"type": "integer"` + fmt.Sprintf(`, "minimum": %d, "exclusiveMaximum": %d.5`, -r.IntN(300), r.IntN(300)) + `}`
	case 3:
		if r.IntN(2) == 0 {
			return `{"type": "number"}`
		}
		lo := float64(r.IntN(4000)-2000) / []float64{1, 2, 10, 250, 1000}[r.IntN(5)]
		hi := lo + float64(1+r.IntN(4000))/[]float64{1, 2, 10, 250, 1000}[r.IntN(5)]
		least, most := []string{"minimum", "exclusiveMinimum"}[r.IntN(2)], []string{"maximum", "exclusiveMaximum"}[r.IntN(2)]
		return []string{
			fmt.Sprintf(`{"type": "number", "%s": %v}`, least, lo),
			fmt.Sprintf(`{"type": "number", "%s": %v}`, most, hi),
			fmt.Sprintf(`{"type": "number", "%s": %v, "%s": %v}`, least, lo, most, hi),
		}[r.IntN(3)]
	case 4:
		if r.IntN(3) == 0 {
			return `{"type": "string", "format": "` + []string{"date", "time", "date-time", "uuid", "ipv4", "email"}[r.IntN(6)] + `"}`
		}
		return []string{`{"type": "boolean"}`, `{"type": "null"}`, `{"type": ["string", "null"]}`, `{"type": ["integer", "number", "boolean"]}`}[r.IntN(4)]
	case 5:
		return `{"enum": ["a", "ab", "ac\n", "日本", 1, 1.5, null, true, [1, "x"], {"k": {}}]}`
	case 6:
		return []string{`{"const": "x"}`, `{"const": {"a": [1, 2]}}`, `{}`, `true`, `{"type": "string", "enum": ["x", "y", 3]}`}[r.IntN(5)]
	case 7, 8:
		var names, required []string
		for i := range r.IntN(5) {
			name := []string{`a`, `b c`, `d\"e`, `日`, `ab`}[i]
			names = append(names, fmt.Sprintf(`"%s": %s`, name, randomSchema(r, depth-1)))
			if r.IntN(2) == 0 {
				required = append(required, `"`+name+`"`)
			}
		}
		s := `{"type": "object", "properties": {` + strings.Join(names, ", ") + `}`
		if len(required) > 0 {
			s += `, "required": [` + strings.Join(required, ", ") + `]`
		}
		if r.IntN(2) == 0 {
			s += `, "additionalProperties": ` + []string{"false", "true", randomSchema(r, depth-1)}[r.IntN(3)]
		}
		return s + `}`
	case 9:
		s := `{"type": "array", "items": ` + randomSchema(r, depth-1)
		if r.IntN(3) == 0 {
			s += `, "prefixItems": [` + randomSchema(r, depth-1) + `, ` + randomSchema(r, depth-1) + `]`
		}
		return s + bounds("minItems", "maxItems", 5) + `}`
	default:
		return `{"anyOf": [` + randomSchema(r, depth-1) + `, ` + randomSchema(r, depth-1) + `]}`
	}
}

// instance returns a random value that fits schema v, written as the grammar writes.
func instance(r *rand.Rand, v *value) *value {
	if v.kind == isBoolean {
		return &value{kind: isNull}
	}
	if list, ok := v.get("enum"); ok {
		rest := without(v, "enum")
		for {
			if x := &list.items[r.IntN(len(list.items))]; rest.fits(x) {
				return x
			}
		}
	}
	if x, ok := v.get("const"); ok {
		return x
	}
	if list, ok := v.get("anyOf"); ok {
		return instance(r, &list.items[r.IntN(len(list.items))])
	}
	number := func(name string, usual int) int {
		if x, ok := v.get(name); ok {
			n, _ := x.rational()
			return int(new(big.Int).Div(n.Num(), n.Denom()).Int64())
		}
		return usual
	}
	between := func(least, most string, n int) int {
		lo := number(least, 0)
		return lo + r.IntN(number(most, lo+n)-lo+1)
	}
	types, _ := typesOf(v, "")
	if len(types) == 0 {
		types = []string{"string", "number", "null", "boolean"}
	}
	switch types[r.IntN(len(types))] {
	case "string":
		if f, ok := v.get("format"); ok {
			return &value{kind: isText, text: map[string]string{
				"date": "2024-02-29", "time": "23:59:00.25-01:30", "date-time": "1999-12-31T00:00:00Z",
				"uuid": "0192e4b0-7c1d-7a3e-9b1f-0123456789ab", "ipv4": "192.168.0.255", "email": "ann.lee+x@mail.example.org",
			}[f.text]}
		}
		words := []string{"a", "é", "日", "😀", "\"", "\\", "\n", "\x01", " ", "the", "/"}
		if n := between("minLength", "maxLength", 12); n > 0 {
			s := ""
			for len([]rune(s)) < n {
				s += words[r.IntN(len(words))]
			}
			return &value{kind: isText, text: string([]rune(s)[:n])}
		}
		return &value{kind: isText}
	case "integer":
		lo := number("minimum", -1000)
		hi := min(number("maximum", 1<<40), number("exclusiveMaximum", 1<<40))
		return &value{kind: isNumber, text: fmt.Sprint(lo + r.IntN(max(hi-lo, 0)+1))}
	case "number":
		for lo, hi, _ := rangeOf(v, ""); lo.at != nil || hi.at != nil; {
			from := -3000.0
			if lo.at != nil {
				from, _ = lo.at.Float64()
			}
			x := value{kind: isNumber, text: strings.TrimSuffix(fmt.Sprintf("%.*f", r.IntN(6), from+r.Float64()*[]float64{0.01, 1, 10, 6000}[r.IntN(4)]), ".")}
			if v.fitsNumber(&x) {
				return &x
			}
		}
		return &value{kind: isNumber, text: []string{"0", "-1.5", "1e9", "2.5E-3", "120"}[r.IntN(5)]}
	case "boolean":
		return &value{kind: isBoolean, truth: r.IntN(2) == 0}
	case "array":
		items, _ := v.get("items")
		prefix, _ := v.get("prefixItems")
		out := value{kind: isArray}
		for i := range between("minItems", "maxItems", 3) {
			s := items
			if prefix != nil && i < len(prefix.items) {
				s = &prefix.items[i]
			}
			if s == nil {
				s = &value{kind: isBoolean, truth: true}
			}
			out.items = append(out.items, *instance(r, s))
		}
		return &out
	case "object":
		required, _ := names(v, "")
		out := value{kind: isObject}
		if named, ok := v.get("properties"); ok {
			for i := range named.members {
				m := &named.members[i]
				if required[m.name] || r.IntN(2) == 0 {
					out.members = append(out.members, member{m.name, *instance(r, &m.value)})
				}
			}
		}
		if list, ok := v.get("required"); ok {
			for _, x := range list.items {
				if _, ok := out.get(x.text); !ok { // it has no schema of its own
					out.members = append(out.members, member{x.text, value{}})
				}
			}
		}
		return &out
	}
	return &value{}
}

// testProperty checks random schemas in both directions: what is written under one is
// valid, and what is valid can be written.
func testProperty(t *testing.T, v *Vocabulary, schemas, texts int) {
	r := rand.New(rand.NewPCG(4, 4))
	mask := make([]uint64, v.words())
	tokens, passed := 0, 0
	for range schemas {
		schema := randomSchema(r, 3)
		g, err := Limits{String: 30, Items: 8, Depth: 2}.Schema([]byte(schema))
		if err != nil {
			t.Fatalf("%s: %v", schema, err)
		}
		parsed, err := parseJSON([]byte(schema))
		if err != nil {
			t.Fatal(err)
		}
		for range texts {
			text, n := write(t, g.Matcher(v), r, mask)
			tokens += n
			if err := judge(t, []byte(schema), text); err != nil {
				t.Errorf("%s\nunder %s\n%v", text, schema, err)
			}

			text = instance(r, &parsed).canonical()
			if err := judge(t, []byte(schema), text); err != nil {
				t.Fatalf("the test's own instance %s of %s: %v", text, schema, err)
			}
			if got := verdict(g, text); got != "yes" {
				t.Errorf("%s\nunder %s: %s", text, schema, got)
			}
			for range 20 { // what is a little different is mostly wrong
				wrong := mutate(r, text)
				if verdict(g, wrong) == "yes" {
					if err := judge(t, []byte(schema), wrong); err != nil {
						t.Errorf("%s\nunder %s\n%v", wrong, schema, err)
					}
					passed++
				}
			}
			m := g.Matcher(v)
			for rest := text; rest != ""; {
				id := longest(v, rest)
				if err := m.Accept(id); err != nil {
					t.Fatalf("%s\nunder %s: %v", text, schema, err)
				}
				rest = rest[len(v.tokens[id]):]
			}
			if !m.Done() {
				t.Errorf("%s\nunder %s: not done", text, schema)
			}
		}
	}
	t.Logf("%d texts with %d tokens; %d of %d changed texts still fit", schemas*texts, tokens, passed, schemas*texts*20)
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
