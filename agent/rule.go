package agent

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// Rule is one line of a task's permissions: a tool, or a tool and a glob that one of its
// arguments must match, written "tool" or "tool:argument=glob". In a glob, and in the
// tool's name, * is any run of characters, slashes included, ? is one character, and \
// takes the next one as it is.
type Rule struct {
	Tool     string // a glob over names
	Argument string // "" is a rule about every call of the tool
	Glob     string // over the argument's value
	at       position
}

var (
	ruleTool     = regexp.MustCompile(`^[A-Za-z0-9_.*?-]+$`)
	ruleArgument = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)
)

// ParseRule reads "tool" or "tool:argument=glob".
func ParseRule(s string) (Rule, error) {
	tool, rest, narrowed := strings.Cut(s, ":")
	if !ruleTool.MatchString(tool) {
		return Rule{}, fmt.Errorf("rule %s: %s is no tool's name, wanted tool or tool:argument=glob", quote(s), quote(tool))
	}
	if !narrowed {
		return Rule{Tool: tool}, nil
	}
	argument, glob, ok := strings.Cut(rest, "=")
	if !ok || !ruleArgument.MatchString(argument) || glob == "" {
		return Rule{}, fmt.Errorf("rule %s: %s is no argument=glob, wanted tool:argument=glob", quote(s), quote(rest))
	}
	return Rule{Tool: tool, Argument: argument, Glob: glob}, nil
}

// String writes the rule as ParseRule reads it.
func (r Rule) String() string {
	if r.Argument == "" {
		return r.Tool
	}
	return r.Tool + ":" + r.Argument + "=" + r.Glob
}

// Verdict is what permissions say of a call.
type Verdict int

// The verdicts.
const (
	Unsaid Verdict = iota // no rule matches
	Allow
	Ask
	Deny
)

// Check holds a call against the rules and returns the one that decided.
//
// A string may name one thing in several ways (a/../secret for secret), so a rule that
// denies or asks matches if any spelling does, and one that allows only if all do. The
// same goes for the items of a list. An argument that is left out matches no glob.
func (p *Permissions) Check(c llm.Call) (Verdict, Rule) {
	for _, part := range []struct {
		rules   []Rule
		verdict Verdict
	}{{p.Deny, Deny}, {p.Allow, Allow}, {p.Ask, Ask}} {
		for _, r := range part.rules {
			if r.matches(c, part.verdict == Allow) {
				return part.verdict, r
			}
		}
	}
	return Unsaid, Rule{}
}

// matches reports whether the rule is about the call; all asks that every spelling of
// the argument matches the glob, rather than one.
func (r *Rule) matches(c llm.Call, all bool) bool {
	if !match(r.Tool, c.Name) {
		return false
	}
	if r.Argument == "" {
		return true
	}
	var arguments map[string]json.RawMessage
	if json.Unmarshal(c.Arguments, &arguments) != nil {
		return false // no object, so there is no such argument; the tool refuses it as well
	}
	raw, ok := arguments[r.Argument]
	if !ok {
		return false
	}
	some := false
	for _, s := range spellings(raw) {
		if match(r.Glob, s) {
			some = true
		} else if all {
			return false
		}
	}
	return some
}

// spellings returns the texts that a JSON value is matched as: a string as it is and as
// the path that it cleans to; the items of a list, in turn; anything else as its JSON.
func spellings(raw json.RawMessage) []string {
	var s string
	if json.Unmarshal(raw, &s) == nil && len(raw) > 0 && raw[0] == '"' {
		out := []string{s}
		slashed := strings.ReplaceAll(s, `\`, "/")
		for _, clean := range []string{path.Clean(s), path.Clean(slashed)} {
			if !slices.Contains(out, clean) && s != "" {
				out = append(out, clean)
			}
		}
		return out
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
		var out []string
		for _, item := range list {
			out = append(out, spellings(item)...)
		}
		return out
	}
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return []string{string(raw)}
	}
	return []string{b.String()}
}

// match reports whether a glob matches the whole of s. It goes back to the last * only,
// so that it takes at most len(glob)*len(s) steps.
func match(glob, s string) bool {
	g, text := []rune(glob), []rune(s)
	star, from := -1, 0 // where the last * stands, and how much of text it has eaten up to
	i, j := 0, 0
	for j < len(text) {
		switch {
		case i < len(g) && g[i] == '*':
			star, from = i, j
			i++
			continue
		case i < len(g) && g[i] == '?':
			i, j = i+1, j+1
			continue
		case i+1 < len(g) && g[i] == '\\' && g[i+1] == text[j]:
			i, j = i+2, j+1
			continue
		case i < len(g) && g[i] != '\\' && g[i] == text[j], i+1 == len(g) && g[i] == '\\' && text[j] == '\\':
			i, j = i+1, j+1
			continue
		}
		if star < 0 {
			return false
		}
		from++
		i, j = star+1, from
	}
	for i < len(g) && g[i] == '*' {
		i++
	}
	return i == len(g)
}
