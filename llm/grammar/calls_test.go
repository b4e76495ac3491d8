package grammar

import (
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
)

func TestCalls(t *testing.T) {
	add := llm.Tool{Name: "add", Parameters: []byte(`{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}`)}
	address := llm.Tool{Name: "address"} // of which the name of the other is a prefix
	way := func(open, next, end string) CallWay {
		w := CallWay{Open: open + `{"name": "`, Next: next}
		for _, t := range []llm.Tool{add, address} {
			w.Calls = append(w.Calls, CallText{t, t.Name, `", "arguments": `, "}" + end})
		}
		return w
	}
	tag, single := way("<c>", `,{"name": "`, "</c>"), way("", "", "")
	g := func(s CallsSpec) *Grammar {
		t.Helper()
		g, err := Calls(s)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	for _, test := range []struct {
		spec CallsSpec
		text string
		want bool
	}{
		{CallsSpec{Ways: []CallWay{tag, single}}, `<c>{"name": "add", "arguments": {"a": 1}}</c>`, true},
		{CallsSpec{Ways: []CallWay{tag, single}}, `{"name": "address", "arguments": {}}`, true},
		{CallsSpec{Ways: []CallWay{tag, single}}, `{"name": "address", "arguments": {}}</c>`, false},
		{CallsSpec{Ways: []CallWay{tag, single}}, `{"name": "address", "arguments": {"a": 1}}`, false},
		{CallsSpec{Ways: []CallWay{tag, single}}, `{"name": "add", "arguments": {}}`, false},
		{CallsSpec{Ways: []CallWay{tag, single}}, `{"name": "addr", "arguments": {}}`, false},
		{CallsSpec{Ways: []CallWay{tag}}, `<c>{"name": "address", "arguments": {}}</c>,{"name": "add", "arguments": {"a": 2}}</c>`, true},
		{CallsSpec{Ways: []CallWay{single}}, `{"name": "address", "arguments": {}},{"name": "address", "arguments": {}}`, false},
		{CallsSpec{Ways: []CallWay{tag}, Most: 1}, `<c>{"name": "address", "arguments": {}}</c>,{"name": "add", "arguments": {"a": 2}}</c>`, false},
		{CallsSpec{Ways: []CallWay{tag}, Begun: true}, `add", "arguments": {"a": 1}}</c>`, true},
		{CallsSpec{Ways: []CallWay{tag}, Begun: true}, `<c>{"name": "address", "arguments": {}}</c>`, false},
		{CallsSpec{Ways: []CallWay{tag}}, ``, false},
	} {
		m := g(test.spec).Matcher(NewVocabulary(nil))
		if got := m.AcceptBytes([]byte(test.text)) == nil && m.Done(); got != test.want {
			t.Errorf("%q: %v, want %v", test.text, got, test.want)
		}
	}
	many := g(CallsSpec{Ways: []CallWay{tag}}).Matcher(NewVocabulary(nil))
	if err := many.AcceptBytes([]byte("<c>" + strings.Repeat(`{"name": "address", "arguments": {}}</c>,`, mostCalls) + `{`)); err == nil {
		t.Errorf("there can be more than %d calls", mostCalls)
	}

	twice := tag
	twice.Calls = append(twice.Calls[:2:2], twice.Calls[0])
	bad := CallWay{Calls: []CallText{{Tool: llm.Tool{Name: "x", Parameters: []byte(`{"type":"object","properties":{"a":{"frobnicate":1}}}`)}, Name: "x"}}}
	for want, s := range map[string]CallsSpec{
		"of two":     {Ways: []CallWay{twice}},
		"frobnicate": {Ways: []CallWay{bad}},
		"2 ways":     {Ways: []CallWay{tag, single}, Begun: true},
	} {
		if _, err := Calls(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %q in it", err, want)
		}
	}
}
