package react

import (
	"bytes"
	"encoding/json"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/tools"
)

// memory knows which calls were made in a run.
type memory struct {
	made    map[string]outcome
	changes int // how many calls have succeeded
}

type outcome struct {
	ok bool
	at int // changes when it was made
}

// repeats says whether making a call again would change nothing: it succeeded, or it
// failed and no call has succeeded since.
func (m *memory) repeats(key string) bool {
	o, made := m.made[key]
	return made && (o.ok || o.at == m.changes)
}

// note remembers a call. After one that may have changed what tools see, the results of
// the others count no more.
func (m *memory) note(key string, ok, changes bool) {
	if m.made == nil {
		m.made = make(map[string]outcome)
	}
	if ok {
		m.changes++
	}
	if ok && changes {
		clear(m.made)
	}
	m.made[key] = outcome{ok, m.changes}
}

// prepare returns the arguments as the tool will get them, or what is wrong with them.
func (r *run) prepare(c llm.Call) (tools.Tool, json.RawMessage, error) {
	t := r.tools[c.Name]
	if t == nil {
		return nil, c.Arguments, unknownTool(c.Name, r.specs)
	}
	p, ok := t.(tools.Preparer)
	if !ok {
		arguments := c.Arguments
		if len(bytes.TrimSpace(arguments)) == 0 {
			arguments = json.RawMessage("{}")
		}
		return t, arguments, nil
	}
	prepared, err := prepare(p, c)
	if err != nil {
		return t, c.Arguments, err
	}
	return t, prepared, nil
}

// prepare asks a tool what a call's arguments amount to; its panic is an error of the call.
func prepare(p tools.Preparer, c llm.Call) (prepared json.RawMessage, err error) {
	defer func() {
		if caught := recover(); caught != nil {
			err = tools.NewPanicError(c.Name, caught)
		}
	}()
	return p.Prepare(c.Arguments)
}

// key is the same for calls of the same tool with the same arguments, however these are
// spaced and ordered.
func key(name string, arguments json.RawMessage) string {
	d := json.NewDecoder(bytes.NewReader(arguments))
	d.UseNumber()
	var v any
	if d.Decode(&v) == nil && !d.More() {
		if text, err := json.Marshal(v); err == nil { // map keys are written in order
			return name + " " + string(text)
		}
	}
	return name + " " + string(bytes.TrimSpace(arguments))
}

// isRepeat says whether every one of the calls was already made, so that running them
// would tell the model nothing new.
func (r *run) isRepeat(calls []llm.Call) bool {
	for _, c := range calls {
		_, arguments, _ := r.prepare(c)
		if !r.memory.repeats(key(c.Name, arguments)) {
			return false
		}
	}
	return len(calls) > 0
}
