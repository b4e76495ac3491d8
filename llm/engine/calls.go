package engine

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
	"github.com/qwen-agent/qwen-agent/llm/grammar"
)

// callsOf returns the ways in which calls of tools are written in a format, all or those to hold
// a model to that has to call; none for a format that has no form of a call.
func callsOf(f chat.Format, tools []llm.Tool, all bool) (calls []grammar.Call) {
	for _, t := range tools {
		for _, form := range chat.CallForms(f, t) {
			if form.Seldom && !all {
				continue
			}
			c := grammar.Call{Tool: t, Open: form.Open, Name: form.Name, Separator: form.Separator, Close: form.Close, Next: form.Next, End: form.End}
			if p := form.Parameter; p != nil {
				c.Parameter = &grammar.Parameter{Open: p.Open, Separator: p.Separator, Close: p.Close}
			}
			calls = append(calls, c)
		}
	}
	return calls
}

// callGrammar returns the grammar of such calls, of which the first may have begun.
func (e *Engine) callGrammar(calls []grammar.Call, begun bool) (*grammar.Grammar, error) {
	return e.callsGrammar(grammar.CallsSpec{Calls: calls, Begun: begun})
}

func (e *Engine) callsGrammar(spec grammar.CallsSpec) (*grammar.Grammar, error) {
	key, err := json.Marshal(spec)
	if err != nil {
		return nil, fmt.Errorf("engine: a tool of the request: %w", err)
	}
	return e.grammars.get("calls\x00"+string(key), func() (*grammar.Grammar, error) { return grammar.Calls(spec) })
}

// watch waits for a call in free text. What comes after the beginning of one follows the grammar.
type watch struct {
	ways    [][]grammar.Call // with the same beginning
	opens   []*regexp.Regexp // of each
	thought chat.Thought     // in which there is no call
	text    string           // the end of the answer so far
	seen    int              // bytes of text that have been looked at
}

// watched bounds the text in which a beginning is looked for.
const watched = 512

// newWatch returns what waits for calls in an answer to r, or nil.
func (e *Engine) newWatch(f chat.Format, r *llm.Request) (*watch, error) {
	tools, _ := allowed(r)
	calls := callsOf(f, tools, true)
	if len(calls) == 0 {
		return nil, nil
	}
	if _, err := e.callGrammar(calls, false); err != nil { // of a schema: before there is half an answer
		return nil, fmt.Errorf("engine: %w", err)
	}
	w := new(watch)
	for _, c := range calls {
		i := slices.IndexFunc(w.ways, func(w []grammar.Call) bool { return w[0].Open == c.Open })
		if i < 0 {
			i = len(w.ways)
			w.ways = append(w.ways, nil)
			w.opens = append(w.opens, openPattern(c.Open))
		}
		w.ways[i] = append(w.ways[i], c)
	}
	w.thought, _ = chat.ThoughtOf(f, r)
	return w, nil
}

// openPattern matches the beginning of a call. One in JSON may have any white space, as models indent it, and
// begins a line unless a mark of its own is before it.
func openPattern(open string) *regexp.Regexp {
	if !strings.Contains(open, "{") {
		return regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(strings.TrimLeft(open, "\n")))
	}
	var b strings.Builder
	if open[0] != '<' {
		b.WriteString(`(?m)^[ \t]*`)
	}
	for _, part := range regexp.MustCompile(`\s+|[\[{:]|\x60+json|[^\s\[{:\x60]+`).FindAllString(open, -1) {
		switch {
		case strings.TrimSpace(part) == "":
			b.WriteString(`\s*`)
		case part == "{":
			b.WriteString(`\{\s*`)
		case part == ":":
			b.WriteString(`\s*:`)
		case strings.HasPrefix(part, "```"):
			b.WriteString("```(?:json)?")
		default:
			b.WriteString(regexp.QuoteMeta(part))
		}
	}
	return regexp.MustCompile(b.String())
}

// write takes the next text of an answer. If a call has begun in it, that is the way it is written,
// and rest is the text behind its beginning.
func (w *watch) write(text string) (way int, rest string, begun bool) {
	w.text += text
	if t := &w.thought; t.Close != "" {
		_, after, closed := strings.Cut(w.text, t.Close)
		switch begun := strings.TrimLeft(w.text, " \t\r\n"); {
		case closed:
			w.text = after
		case t.Inside || strings.HasPrefix(begun, t.Open) || strings.HasPrefix(t.Open, begun):
			return 0, "", false
		}
		w.thought = chat.Thought{} // over, or there is none
	}
	for i, open := range w.opens {
		for _, at := range open.FindAllStringIndex(w.text, -1) {
			if at[1] > w.seen {
				w.seen = at[1]
				return i, w.text[at[1]:], true
			}
		}
	}
	w.seen = len(w.text)
	if cut := len(w.text) - watched; cut > 0 {
		w.text, w.seen = w.text[cut:], watched
	}
	return 0, "", false
}

// notice lets what comes after the beginning of a call follow its grammar. A text that only looks like
// one, such as an object with a name that is no tool's, goes on freely.
func (a *answer) notice(text string) error {
	if a.watch == nil || text == "" {
		return nil
	}
	for way, rest, begun := a.watch.write(text); begun; way, rest, begun = a.watch.write("") {
		g, err := a.e.callGrammar(a.watch.ways[way], true)
		if err != nil {
			return err
		}
		m := g.Matcher(a.e.grammarTokens())
		if m.AcceptBytes([]byte(rest)) == nil {
			return a.follow(grammar.CallsSpec{Calls: a.watch.ways[way], Begun: true}, rest)
		}
	}
	return nil
}

// follow has the rest of the answer be calls, of which the first may have begun with rest behind that.
func (a *answer) follow(spec grammar.CallsSpec, rest string) error {
	g, err := a.e.callsGrammar(spec)
	if err != nil {
		return err
	}
	m := g.Matcher(a.e.grammarTokens())
	if err := m.AcceptBytes([]byte(rest)); err != nil {
		return err
	}
	a.matcher, a.watch, a.tags = m, nil, chat.CallTags()
	a.deadline = a.fits(m, a.limit-len(a.tokens))
	if a.recorded == nil {
		a.further, err = a.e.newFurther(a.format, a.request, spec, rest)
		if several := a.odds.Several; a.further != nil && several > 0 {
			a.further.second = func(odds float64) bool { return a.e.habits.call.goesOn(several, odds) }
		}
	}
	return err
}
