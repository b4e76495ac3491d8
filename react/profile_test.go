package react

import (
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/internal/cut"
	"github.com/qwen-agent/qwen-agent/llm"
)

func TestProfiles(t *testing.T) {
	small := llm.Info{Architecture: "qwen2", Parameters: 494e6}
	large := llm.Info{Architecture: "qwen2", Parameters: 1543e6}
	other := llm.Info{Architecture: "llama", Parameters: 8e9}
	for _, c := range []struct {
		format string
		model  llm.Info
		want   Profile
	}{
		{"", small, Profile{"turn", 0, true}},
		{"auto", large, Profile{"turn", 3, true}},
		{"auto", other, Profile{"", 0, false}},
		{"turn", large, Profile{"turn", 3, true}},
		{"turn", small, Profile{"turn", 0, true}},
		{"hermes", large, Profile{"hermes", 0, false}},
		{"react", small, Profile{"react", 0, false}},
		{"xml", small, Profile{"xml", 0, false}},
		{"template", large, Profile{"template", 0, false}},
	} {
		if got, err := ProfileNamed(c.format, c.model); err != nil || got != c.want {
			t.Errorf("ProfileNamed(%q, %s %d) = %+v, %v; want %+v", c.format, c.model.Architecture, c.model.Parameters, got, err, c.want)
		}
	}
	for format, want := range map[string]string{"herms": `(did you mean "hermes"?)`, "json": "the formats are: auto, template, turn, hermes, "} {
		if _, err := ProfileNamed(format, large); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", format, err, want)
		}
	}
}

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"a\x1b[31mred\x1b[0m b":           "ared b",
		"\x1b]0;title\x07x":               "x",
		"a\r\nb\rc\n":                     "a\nb\nc",
		"nul\x00 bell\x07 del\x7f tab\t.": "nul bell del tab\t.",
		"bad \xff byte":                   "bad \ufffd byte",
		"  lines \n\n":                    "  lines",
		"\u0085\u009b31m":                 "31m",
	} {
		if got := clean(text); got != want {
			t.Errorf("clean(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestKey(t *testing.T) {
	same := [][]string{
		{`{"a":1,"b":"x"}`, ` { "b" : "x", "a" : 1 } `},
		{`not json`, ` not json `},
	}
	for _, s := range same {
		if a, b := key("t", []byte(s[0])), key("t", []byte(s[1])); a != b {
			t.Errorf("%s and %s have the keys %q and %q", s[0], s[1], a, b)
		}
	}
	different := []string{`{"a":1}`, `{"a":"1"}`, `{"a":1.5}`, `{"a":12345678901234567890}`, `{"a":12345678901234567891}`, `{}`, ``, `{"a":1} x`}
	seen := map[string]string{}
	for _, d := range different {
		k := key("t", []byte(d))
		if other, ok := seen[k]; ok {
			t.Errorf("%s and %s have the same key", d, other)
		}
		seen[k] = d
	}
}

// FuzzObservation: whatever a tool returns, the model gets text of a bounded length that a
// terminal can show.
func FuzzObservation(f *testing.F) {
	f.Add("a\x1b[31mb", 10)
	f.Add("é\nü\nxxxxxxxxxxxxx", 7)
	f.Fuzz(func(t *testing.T, text string, most int) {
		if most < 0 || most > 1<<20 {
			return
		}
		got := cut.Middle(clean(text), most)
		if len(got) > most+60 {
			t.Fatalf("%d bytes where %d were allowed: %q", len(got), most, got)
		}
		if clean(got) != strings.TrimRight(got, " \t\n") {
			t.Fatalf("%q is not clean", got)
		}
	})
}
