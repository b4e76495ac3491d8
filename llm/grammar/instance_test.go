package grammar

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
)

// instance returns a random value that fits schema v, written as the grammar writes. Where
// v is put together from parts it may not fit all of them: the judge decides.
func instance(r *rand.Rand, v *value) *value { return (&maker{r: r, root: v}).value(v, 0) }

// maker makes instances.
type maker struct {
	r    *rand.Rand
	root *value
}

// patterns are those of random schemas, and samples has strings for them and for formats.
var patterns = []string{`^[a-z]+$`, `[0-9]{3}`, `^(ab|ba)*$`, `^\+?\d{2,4}$`, `[^\s"]$`, `^(a+)+b$`, `^\p{Lu}.*[.!]$`}

var samples = map[string][]string{
	"date": {"2024-02-29", "1999-12-31"}, "time": {"23:59:00.25-01:30"}, "date-time": {"1999-12-31T00:00:00Z", "2024-02-29T10:00:00+02:00"},
	"uuid": {"0192e4b0-7c1d-7a3e-9b1f-0123456789ab"}, "ipv4": {"192.168.0.255", "0.0.0.0"}, "email": {"ann.lee+x@mail.example.org", "a@b.org"},
	"uri":            {"https://example.org/a/b.html?q=1&r=%20x#top", "ftp://h", "mailto:a@b.org"},
	`^[a-z]+$`:       {"a", "hello", "zz", "ab"},
	`[0-9]{3}`:       {"123", "a 456 日", "0000", `"007"`},
	`^(ab|ba)*$`:     {"", "ab", "abba", "baabab"},
	`^\+?\d{2,4}$`:   {"+12", "1234", "999"},
	`[^\s"]$`:        {"x", "a b", "日本", "\n\\", "xx"},
	`^(a+)+b$`:       {"aaab", "ab"},
	`^\p{Lu}.*[.!]$`: {"Éa.", `Yes "no"!`, "A."},
	`^x`:             {"x", "xyz", "x\n"},
	`y$`:             {"y", "xy", "\ty"},
	`x$`:             {"ax", "x"},
}

func (m *maker) value(v *value, depth int) *value {
	r := m.r
	if v.kind == isBoolean || depth > 12 {
		return &value{kind: isNull}
	}
	if to, ok := v.get("$ref"); ok {
		target, _, err := (&compiler{root: m.root}).target(to, "")
		if err != nil {
			panic(err)
		}
		return m.value(target, depth+1)
	}
	if list, ok := v.get("enum"); ok {
		return &list.items[r.IntN(len(list.items))]
	}
	if x, ok := v.get("const"); ok {
		return x
	}
	if list, ok := v.get("allOf"); ok {
		return m.value(joined(v, list), depth)
	}
	if list, ok := v.get("anyOf"); ok {
		branch := list.items[r.IntN(len(list.items))]
		rest := without(v, "anyOf")
		return m.value(joined(&value{kind: isObject}, &value{items: []value{branch, rest}}), depth+1)
	}
	types := []string{"string", "number", "null", "boolean"}
	if t, ok := v.get("type"); ok {
		types, _ = typesOf(t, "")
	} else {
		for _, t := range typeNames {
			if slices.ContainsFunc(v.members, func(k member) bool { return slices.Contains(applicable[t], k.name) }) {
				types = []string{t}
				break
			}
		}
	}
	switch types[r.IntN(len(types))] {
	case "string":
		return m.text(v, m.between(v, "minLength", "maxLength", 12))
	case "integer":
		lo := wholeNumber(v, "minimum", -1000)
		hi := min(wholeNumber(v, "maximum", 1<<40), wholeNumber(v, "exclusiveMaximum", 1<<40))
		n := lo + r.IntN(max(hi-lo, 0)+1)
		if by := wholeNumber(v, "multipleOf", 1); by > 1 {
			n -= n % by
		}
		return &value{kind: isNumber, text: fmt.Sprint(n)}
	case "number":
		return m.number(v)
	case "boolean":
		return &value{kind: isBoolean, truth: r.IntN(2) == 0}
	case "array":
		return m.array(v, depth)
	case "object":
		return m.object(v, depth)
	}
	return &value{}
}

// joined is v with all of list as one schema, more or less: of a keyword that comes twice
// the last counts, but lists are put together.
func joined(v, list *value) *value {
	one := value{kind: isObject}
	for _, part := range append([]value{without(v, "allOf")}, list.items...) {
		for _, k := range part.members {
			have, ok := one.get(k.name)
			switch {
			case !ok:
				one.members = append(one.members, k)
			case k.name == "properties" || k.name == "patternProperties":
				have.members = append(slices.Clone(have.members), k.value.members...)
			case k.name == "required":
				have.items = append(slices.Clone(have.items), k.value.items...)
			default:
				*have = k.value
			}
		}
	}
	return &one
}

func wholeNumber(v *value, name string, usual int) int {
	if x, ok := v.get(name); ok {
		n, _ := x.rational()
		return int(new(big.Int).Div(n.Num(), n.Denom()).Int64())
	}
	return usual
}

func (m *maker) between(v *value, least, most string, n int) int {
	lo := wholeNumber(v, least, 0)
	return lo + m.r.IntN(max(wholeNumber(v, most, lo+n)-lo, 0)+1)
}

func (m *maker) text(v *value, n int) *value {
	r := m.r
	for _, name := range []string{"format", "pattern"} {
		if f, ok := v.get(name); ok && len(samples[f.text]) > 0 {
			list := samples[f.text]
			return &value{kind: isText, text: list[r.IntN(len(list))]}
		}
	}
	words := []string{"a", "é", "日", "😀", "\"", "\\", "\n", "\x01", " ", "the", "/"}
	s := ""
	for len([]rune(s)) < n {
		s += words[r.IntN(len(words))]
	}
	return &value{kind: isText, text: string([]rune(s)[:n])}
}

func (m *maker) number(v *value) *value {
	r := m.r
	var s shape
	for _, name := range []string{"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"} {
		if x, ok := v.get(name); ok {
			if err := s.bound(name, x, ""); err != nil {
				panic(err)
			}
		}
	}
	if by, ok := v.get("multipleOf"); ok {
		x, _ := by.rational()
		x.Mul(x, big.NewRat(int64(r.IntN(4000)-2000), 1))
		n, _ := x.FloatPrec()
		return &value{kind: isNumber, text: x.FloatString(n)}
	}
	for s.lo.at != nil || s.hi.at != nil {
		from := -3000.0
		if s.lo.at != nil {
			from, _ = s.lo.at.Float64()
		}
		to := from + 5000
		if s.hi.at != nil {
			to, _ = s.hi.at.Float64()
			if s.lo.at == nil {
				from = to - 5000
			}
		}
		x := value{kind: isNumber, text: strconv.FormatFloat(from+(to-from)*r.Float64(), 'f', r.IntN(6), 64)}
		if !slices.ContainsFunc(v.members, func(k member) bool { return !fitsNumber(k.name, &k.value, &x) }) {
			return &x
		}
	}
	return &value{kind: isNumber, text: []string{"0", "-1.5", "1e9", "2.5E-3", "120"}[r.IntN(5)]}
}

func (m *maker) array(v *value, depth int) *value {
	items, _ := v.get("items")
	prefix, _ := v.get("prefixItems")
	out := value{kind: isArray}
	for i := range m.between(v, "minItems", "maxItems", 3) {
		s := items
		if prefix != nil && i < len(prefix.items) {
			s = &prefix.items[i]
		}
		if s == nil {
			s = &value{kind: isBoolean, truth: true}
		}
		out.items = append(out.items, *m.value(s, depth+1))
	}
	return &out
}

func (m *maker) object(v *value, depth int) *value {
	r := m.r
	required := map[string]bool{}
	list, _ := v.get("required")
	if list != nil {
		for _, x := range list.items {
			required[x.text] = true
		}
	}
	out := value{kind: isObject}
	add := func(name string, s *value) {
		if _, ok := out.get(name); !ok {
			out.members = append(out.members, member{name, *m.value(s, depth+1)})
		}
	}
	if named, ok := v.get("properties"); ok {
		for i := range named.members {
			if k := &named.members[i]; required[k.name] || r.IntN(2) == 0 {
				add(k.name, &k.value)
			}
		}
	}
	if list != nil {
		for _, x := range list.items { // those that have no schema of their own
			add(x.text, &value{kind: isBoolean, truth: true})
		}
	}
	if named, ok := v.get("patternProperties"); ok {
		for i := range named.members {
			k := &named.members[i]
			if names := samples[k.name]; r.IntN(2) == 0 {
				add(names[r.IntN(len(names))], &k.value)
			}
		}
	}
	return &out
}
