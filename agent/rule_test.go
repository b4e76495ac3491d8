package agent

import (
	"encoding/json"
	"path"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		glob, s string
		want    bool
	}{
		{"", "", true}, {"", "a", false}, {"a", "a", true}, {"a", "A", false}, {"a", "ab", false},
		{"*", "", true}, {"*", "a/b\nc", true}, {"a*", "ab/c", true}, {"*c", "abc", true}, {"*b*", "abc", true}, {"a*c*e", "abcde", true},
		{"a*c*e", "abcd", false}, {"**", "x", true}, {"*a*a*a*b", strings.Repeat("a", 2000), false},
		{"?", "a", true}, {"?", "", false}, {"?", "ä", true}, {"a?c", "a/c", true},
		{`\*`, "*", true}, {`\*`, "a", false}, {`a\?`, "a?", true}, {`\\`, `\`, true}, {`a\`, `a\`, true}, {`\a`, "a", true},
		{"[ab]", "a", false}, {"[ab]", "[ab]", true},
	} {
		if got := match(c.glob, c.s); got != c.want {
			t.Errorf("match(%q, %.20q) is %v", c.glob, c.s, got)
		}
	}
}

func TestParseRule(t *testing.T) {
	for text, want := range map[string]Rule{
		"calc":                       {Tool: "calc"},
		"mcp_*":                      {Tool: "mcp_*"},
		"read_file:path=a=b:c":       {Tool: "read_file", Argument: "path", Glob: "a=b:c"},
		"fetch:url=https://x.org/*":  {Tool: "fetch", Argument: "url", Glob: "https://x.org/*"},
		"write_file:path=my notes/*": {Tool: "write_file", Argument: "path", Glob: "my notes/*"},
	} {
		if got, err := ParseRule(text); err != nil || got != want || got.String() != text {
			t.Errorf("%q: got %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", ":", "a b", "calc:", "calc:x", "calc:=x", "calc:x=", "calc :x=y", "a/b", "ä"} {
		if got, err := ParseRule(text); err == nil {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}

func rules(t testing.TB, texts ...string) []Rule {
	t.Helper()
	var out []Rule
	for _, s := range texts {
		r, err := ParseRule(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

func TestCheck(t *testing.T) {
	p := Permissions{
		Deny:  rules(t, "read_file:path=secret*", "python", "fetch:hosts=evil"),
		Allow: rules(t, "write_file:path=out/*.csv", "read_file", "python", "fetch:hosts=ok*"),
		Ask:   rules(t, "write_file", "calc:expr=*-*", "resize:width=100"),
	}
	for _, c := range []struct {
		tool, arguments string
		want            Verdict
		rule            string
	}{
		{"read_file", `{"path":"a.txt"}`, Allow, "read_file"},
		{"read_file", `{"path":"secret.txt"}`, Deny, "read_file:path=secret*"},
		{"read_file", `{"path":"./secret.txt"}`, Deny, "read_file:path=secret*"},
		{"read_file", `{"path":"a/../secret/x"}`, Deny, "read_file:path=secret*"},
		{"read_file", `{"path":"a\\..\\secret"}`, Deny, "read_file:path=secret*"},
		{"read_file", `{"path":"a","path":"secret"}`, Deny, "read_file:path=secret*"}, // the last one is what decodes
		{"read_file", `{}`, Allow, "read_file"},
		{"read_file", `null`, Allow, "read_file"},
		{"read_file", `not json`, Allow, "read_file"},
		{"python", `{}`, Deny, "python"}, // deny stands before allow
		{"write_file", `{"path":"out/a.csv"}`, Allow, "write_file:path=out/*.csv"},
		{"write_file", `{"path":"out/x/a.csv"}`, Allow, "write_file:path=out/*.csv"},
		{"write_file", `{"path":"out/../a.csv"}`, Ask, "write_file"}, // not every spelling is inside out
		{"write_file", `{"path":"out/a.txt"}`, Ask, "write_file"},
		{"calc", `{"expr":"3-1"}`, Ask, "calc:expr=*-*"},
		{"calc", `{"expr":"3+1"}`, Unsaid, ""},
		{"resize", `{"width":100}`, Ask, "resize:width=100"},
		{"resize", `{"width": 100 }`, Ask, "resize:width=100"},
		{"resize", `{"width":1000}`, Unsaid, ""},
		{"fetch", `{"hosts":["ok1","ok2"]}`, Allow, "fetch:hosts=ok*"},
		{"fetch", `{"hosts":["ok1","other"]}`, Unsaid, ""},
		{"fetch", `{"hosts":["ok1","evil"]}`, Deny, "fetch:hosts=evil"},
		{"fetch", `{"hosts":[]}`, Unsaid, ""},
		{"other", `{}`, Unsaid, ""},
	} {
		got, rule := p.Check(llm.Call{Name: c.tool, Arguments: json.RawMessage(c.arguments)})
		if got != c.want || rule.String() != c.rule {
			t.Errorf("%s %s: got %v by %q, want %v by %q", c.tool, c.arguments, got, rule, c.want, c.rule)
		}
	}
}

// FuzzCheck: whatever spelling of a path is found, a denied folder stays denied and
// nothing outside an allowed one is allowed.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{"secret", "./secret/a", "a/../secret", "out/../secret", "out//a", `out\..\secret`, "secret/", "/secret", "out/.", ""} {
		f.Add(s)
	}
	p := Permissions{Deny: rules(f, "read:path=secret", "read:path=secret/*"), Allow: rules(f, "read:path=out/*")}
	f.Fuzz(func(t *testing.T, name string) {
		arguments, err := json.Marshal(map[string]string{"path": name})
		if err != nil {
			t.Fatal(err)
		}
		var back map[string]string
		if err := json.Unmarshal(arguments, &back); err != nil {
			t.Fatal(err)
		}
		got, _ := p.Check(llm.Call{Name: "read", Arguments: arguments})
		clean := path.Clean(back["path"])
		if clean == "secret" || strings.HasPrefix(clean, "secret/") {
			if got != Deny {
				t.Fatalf("%q is %v", name, got)
			}
		}
		if got == Allow && !strings.HasPrefix(clean, "out/") {
			t.Fatalf("%q is allowed", name)
		}
	})
}
