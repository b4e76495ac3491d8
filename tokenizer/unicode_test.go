package tokenizer_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/qwen-agent/qwen-agent/tokenizer"
	"golang.org/x/text/unicode/norm"
)

// The classes are those of Go's tables for all runes that both know.
func TestClasses(t *testing.T) {
	if n := tokenizer.Blocks(); n > 256 {
		t.Errorf("%d blocks of classes do not fit a byte", n)
	}
	if unicode.Version != "15.0.0" {
		t.Skipf("Go's tables are of Unicode %s: they may have runes that the reference does not know", unicode.Version)
	}
	assigned := []*unicode.RangeTable{unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cc, unicode.Cf, unicode.Co}
	later := 0
	for r := range rune(unicode.MaxRune + 1) {
		if !utf8.ValidRune(r) {
			continue
		}
		l, n, s := tokenizer.ClassOf(r)
		if l == unicode.IsLetter(r) && n == unicode.IsNumber(r) && s == unicode.IsSpace(r) {
			continue
		}
		if unicode.In(r, assigned...) {
			t.Errorf("%U: letter %v, number %v, space %v; Go's tables say otherwise", r, l, n, s)
		}
		later++
	}
	if later > 6000 { // 5,004 in Go's Unicode 15 are new in the reference's Unicode 16
		t.Errorf("%d runes that Go does not know, want about 5000", later)
	}
}

func TestSplit(t *testing.T) {
	for _, want := range [][]string{
		{"I", "'ll", " don", "'t", " we", "'RE", "'ſ", "'d"},
		{"'S", "aid"},
		{"a", "'re", "d", "'x", "'"},
		{"1", "2", "٣", "½", " ", "7"},
		{" $", "x", " =", " y", ";\n\n", "  ", " z"},
		{"\tif", " (", "a", ")", " {\r\n", "\t\t", "\treturn"},
		{"a", "  \n \n", "   ", " b", "  "},
		{"x", " ", "\u00a0y", "\u3000\u3000"},
		{"\u3000", "\u3000你好", "，世界", "！\n"},
		{"\u2028word", "\u0085", "\ufeffbom", " \ufeff"},
		{"e", "\u0301\u0327", "x"},
		{"\xff\xfe\xc3", "a", "\xc3b"},
	} {
		if got := tokenizer.Split(strings.Join(want, "")); !slices.Equal(got, want) {
			t.Errorf("pieces %q, want %q", got, want)
		}
	}
}

// Up to 30 marks, and for the runes that the reference knows, the normal form is x/text's.
func TestNormalize(t *testing.T) {
	var bases, marks []rune
	for r := range rune(0x3100) {
		p := norm.NFC.PropertiesString(string(r))
		switch {
		case 0x7EB <= r && r <= 0x8FF || 0x1AB0 <= r && r <= 0x1AFF || 0x1DC0 <= r && r <= 0x1DFF || r == 0x9FE || r == 0xC3C || r == 0xD3B || r == 0xD3C || r == 0xEBA || r == 0x1715:
			// Blocks with marks later than the reference.
		case p.CCC() > 0:
			marks = append(marks, r)
		case p.Decomposition() != nil || !p.BoundaryBefore():
			bases = append(bases, r)
		}
	}
	bases = append(bases, []rune("aeioucnqAEIOU\u1100\u1112가각かハ豈丽")...)
	r := rand.New(rand.NewPCG(5, 6))
	for range 50_000 {
		var b []rune
		for range 1 + r.IntN(4) {
			b = append(b, bases[r.IntN(len(bases))])
			for range r.IntN(4) {
				b = append(b, marks[r.IntN(len(marks))])
			}
		}
		in := string(b)
		if got, want := tokenizer.Normalize(in), norm.NFC.String(in); got != want {
			t.Fatalf("normal form of %+q is %+q, want %+q", in, got, want)
		}
	}
}
