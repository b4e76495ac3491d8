package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
	"github.com/qwen-agent/qwen-agent/llm/grammar"
)

// maxGrammars is how many grammars are kept: an agent's steps use two or three in turn, and an answer with several
// calls two for each.
const maxGrammars = 32

// grammars keeps the grammars last used, with what they have worked out.
type grammars struct {
	mu   sync.Mutex
	list []kept // the last used one first
}

type kept struct {
	key   string
	build func() (*grammar.Grammar, error) // once, for all who ask for it meanwhile
}

// get returns the grammar of a key, which build makes if it is not there. Others are not kept waiting by that.
func (g *grammars) get(key string, build func() (*grammar.Grammar, error)) (*grammar.Grammar, error) {
	g.mu.Lock()
	k := kept{key, sync.OnceValues(build)}
	if i := slices.IndexFunc(g.list, func(k kept) bool { return k.key == key }); i >= 0 {
		k = g.list[i]
		g.list = slices.Delete(g.list, i, i+1)
	}
	g.list = slices.Insert(g.list, 0, k)
	g.list = g.list[:min(len(g.list), maxGrammars)]
	g.mu.Unlock()
	made, err := k.build()
	if err != nil {
		g.mu.Lock()
		g.list = slices.DeleteFunc(g.list, func(k kept) bool { return k.key == key })
		g.mu.Unlock()
	}
	return made, err
}

// grammar returns the grammar that an answer to r must follow, or nil. In the turn format
// every answer follows one. In the others an answer in words follows the schema if no tool
// may be called, and one that must not be words is calls; where both may be, nothing tells in
// advance what an answer will be.
func (e *Engine) grammar(f chat.Format, r *llm.Request) (*grammar.Grammar, error) {
	tools, words := allowed(r)
	if len(tools) == 0 && !words {
		return nil, fmt.Errorf("engine: a request that allows neither words nor any of its %d tools", len(r.Tools))
	}
	if r.Grammar != nil {
		if err := checkOwn(r); err != nil {
			return nil, err
		}
		if f.Name() != "turn" {
			return e.own(f, r, len(tools))
		}
	}
	if f.Name() != "turn" {
		if !words {
			calls := callsOf(f, tools, false)
			if len(calls) == 0 {
				return nil, fmt.Errorf("engine: format %s has no form of a call", f.Name())
			}
			return e.callGrammar(calls, false)
		}
		if r.Schema == nil || len(tools) > 0 {
			return nil, nil
		}
		return e.grammars.get("schema\x00"+string(r.Schema), func() (*grammar.Grammar, error) { return grammar.Schema(r.Schema) })
	}
	spec := grammar.TurnSpec{Tools: tools, Answer: words, Schema: r.Schema, Text: r.Grammar}
	key, err := json.Marshal(spec)
	if err != nil {
		return nil, fmt.Errorf("engine: a tool of the request: %w", err)
	}
	return e.grammars.get("turn\x00"+string(key), func() (*grammar.Grammar, error) { return grammar.Turn(spec) })
}

// checkOwn refuses a grammar that a request brings along and that cannot be the one of its answer.
func checkOwn(r *llm.Request) error {
	switch g := r.Grammar; {
	case r.Schema != nil:
		return fmt.Errorf("engine: a request with a grammar and a schema, want one of them")
	case (g.Regex == "") == (g.GBNF == ""):
		return fmt.Errorf("engine: a grammar that is none or two, want a regular expression or GBNF")
	}
	return nil
}

// own returns the grammar of the whole answer that a request brings along.
func (e *Engine) own(f chat.Format, r *llm.Request, tools int) (*grammar.Grammar, error) {
	g := r.Grammar
	switch {
	case tools > 0:
		return nil, fmt.Errorf("engine: a request in the format %q with a grammar of the whole answer and %d tools that it may call, want none, or the format \"turn\"", f.Name(), tools)
	case g.Regex != "":
		return e.grammars.get("regex\x00"+g.Regex, func() (*grammar.Grammar, error) { return grammar.Regex(g.Regex) })
	}
	return e.grammars.get("gbnf\x00"+g.GBNF, func() (*grammar.Grammar, error) { return grammar.GBNF(g.GBNF) })
}

// allowed returns the tools that the answer may call, and whether it may be words.
func allowed(r *llm.Request) (tools []llm.Tool, words bool) {
	if r.Choice == nil {
		return r.Tools, true
	}
	if r.Choice.Tools == nil {
		return r.Tools, !r.Choice.NoText
	}
	for _, t := range r.Tools {
		if slices.Contains(r.Choice.Tools, t.Name) {
			tools = append(tools, t)
		}
	}
	return tools, !r.Choice.NoText
}
