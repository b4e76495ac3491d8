package agent

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/react"
)

// The bounds of a task's numbers. schema.json repeats them, and a test compares.
const (
	maxSteps     = 1000
	maxTokens    = 10_000_000
	maxToolCalls = 10_000
	maxInputs    = 100
	maxTools     = 100
	maxRules     = 1000
)

var (
	nameText     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
	durationText = regexp.MustCompile(`^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`)
	inputTypes   = []string{"string", "integer", "number", "boolean"}
)

func (d *decoder) task(n *yaml.Node, t *Task) {
	version, prompt := false, false
	d.fields(n, "the task", []field{
		{"version", func(n *yaml.Node) {
			version = true
			if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || n.Value != "1" {
				d.wrong(n, "version", "1")
			}
		}},
		{"name", d.text("name", into(&t.Name))},
		{"description", d.text("description", into(&t.Description))},
		{"model", d.text("model", into(&t.Model))},
		{"draft", d.text("draft", into(&t.Draft))},
		{"format", d.oneOf("format", react.Formats, &t.Format)},
		{"instruction", d.text("instruction", into(&t.Instruction))},
		{"prompt", func(n *yaml.Node) {
			prompt = true
			d.text("prompt", into(&t.Prompt))(n)
		}},
		{"inputs", func(n *yaml.Node) { d.inputs(n, t) }},
		{"workspace", d.text("workspace", func(n *yaml.Node, s string) {
			if err := localPath(s); err != nil {
				d.errorf(n, "workspace is %s: %v", quote(s), err)
			}
			t.Workspace, t.workspaceAt = s, position{n.Line, n.Column}
		})},
		{"tools", func(n *yaml.Node) { d.tools(n, t) }},
		{"permissions", func(n *yaml.Node) { d.permissions(n, &t.Permissions) }},
		{"interpreter", func(n *yaml.Node) { d.interpreter(n, &t.Interpreter) }},
		{"limits", func(n *yaml.Node) { d.limits(n, &t.Limits) }},
		{"sampling", func(n *yaml.Node) { d.sampling(n, t) }},
		{"thinking", func(n *yaml.Node) { d.thinking(n, t) }},
		{"call_at", func(n *yaml.Node) { d.callAt(n, t) }},
		{"output", func(n *yaml.Node) { d.output(n, t) }},
	})
	if n.Kind != yaml.MappingNode {
		return
	}
	if !version {
		d.errorf(n, "version is missing; wanted version: 1")
	}
	if !prompt {
		d.errorf(n, "prompt is missing; wanted the question that the agent answers")
	}
	for i := 0; i+1 < len(n.Content); i += 2 { // only now are the inputs known, which may stand after it
		if key := n.Content[i]; key.Value == "prompt" && t.Prompt != "" {
			if err := checkPrompt(t.Prompt, t.Inputs); err != nil {
				d.errorf(n.Content[i+1], "prompt: %v", err)
			}
		}
	}
}

// oneOf returns the reader of one of some words.
func (d *decoder) oneOf(what string, words []string, dst *string) func(*yaml.Node) {
	return d.text(what, func(n *yaml.Node, s string) {
		if !slices.Contains(words, s) {
			d.errorf(n, "%s is %s, wanted %s", what, quote(s), strings.Join(words, ", "))
		}
		*dst = s
	})
}

func (d *decoder) inputs(n *yaml.Node, t *Task) {
	if len(n.Content)/2 > maxInputs {
		d.errorf(n, "inputs has %d, wanted at most %d", len(n.Content)/2, maxInputs)
		return
	}
	d.each(n, "inputs", func(key, value *yaml.Node) {
		in := Input{Name: key.Value}
		what := "inputs." + key.Value
		if !nameText.MatchString(key.Value) || len(key.Value) > 64 {
			d.errorf(key, "input name %s: wanted at most 64 letters, digits and _, a letter first", quote(key.Value))
			return
		}
		var fallback, enum, required *yaml.Node
		before := len(d.problems)
		d.fields(value, what, []field{
			{"type", d.oneOf(what+".type", inputTypes, &in.Type)},
			{"description", d.text(what+".description", into(&in.Description))},
			{"default", func(n *yaml.Node) { fallback = n }},
			{"enum", func(n *yaml.Node) { enum = n }},
			{"required", func(n *yaml.Node) {
				required = n
				d.boolean(what+".required", func(v bool) { in.Required = v })(n)
			}},
		})
		if len(d.problems) > before {
			return
		}
		if in.Type == "" {
			d.errorf(value, "%s.type is missing; wanted %s", what, strings.Join(inputTypes, ", "))
			return
		}
		if enum != nil {
			d.items(enum, what+".enum", func(n *yaml.Node) {
				if v, ok := d.value(n, "a value of "+what+".enum", in.Type); ok {
					in.Enum = append(in.Enum, v)
				}
			})
			if enum.Kind == yaml.SequenceNode && len(enum.Content) == 0 {
				d.errorf(enum, "%s.enum is an empty list: no value would be right", what)
			}
		}
		if fallback != nil {
			if v, ok := d.value(fallback, what+".default", in.Type); ok {
				in.Default = v
				if err := in.allowed(v); err != nil {
					d.errorf(fallback, "%s.default: %v", what, err)
				}
			}
			if in.Required {
				d.errorf(required, "%s is required and has a default: wanted one of the two", what)
			}
		}
		if required == nil {
			in.Required = fallback == nil
		}
		t.Inputs = append(t.Inputs, in)
	})
}

// value reads a value of an input's type: a string, int64, float64 or bool.
func (d *decoder) value(n *yaml.Node, what, typ string) (v any, ok bool) {
	before := len(d.problems)
	switch typ {
	case "string": // blank is a value here
		if tag := n.ShortTag(); n.Kind != yaml.ScalarNode || tag != "!!str" && tag != "!!timestamp" {
			d.text(what, func(*yaml.Node, string) {})(n)
		}
		v = n.Value
	case "integer":
		d.integer(what, minInteger, maxInteger, func(i int64) { v = i })(n)
	case "number":
		if f, ok := d.float(n); ok {
			v = f
		} else {
			d.wrong(n, what, "a number")
		}
	case "boolean":
		d.boolean(what, func(b bool) { v = b })(n)
	}
	return v, len(d.problems) == before
}

func (d *decoder) tools(n *yaml.Node, t *Task) {
	if n.Kind == yaml.SequenceNode && len(n.Content) > maxTools {
		d.errorf(n, "tools has %d, wanted at most %d", len(n.Content), maxTools)
		return
	}
	lines := map[string]int{}
	add := func(n *yaml.Node, tool Tool) {
		if line, twice := lines[tool.Name]; twice {
			d.errorf(n, "tool %s is already on line %d", quote(tool.Name), line)
			return
		}
		lines[tool.Name] = n.Line
		tool.at = position{n.Line, n.Column}
		t.Tools = append(t.Tools, tool)
	}
	d.items(n, "tools", func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode {
			d.text("a tool", func(n *yaml.Node, s string) { add(n, Tool{Name: s}) })(n)
			return
		}
		if n.Kind != yaml.MappingNode {
			d.wrong(n, "a tool", "its name, or a mapping of its name to its settings")
			return
		}
		if len(n.Content) != 2 {
			d.errorf(n, "a tool is a mapping of %d names, wanted one: start each tool with a dash, and indent its settings below its name", len(n.Content)/2)
			return
		}
		d.each(n, "a tool", func(key, value *yaml.Node) {
			what := "tools." + key.Value
			if strings.TrimSpace(key.Value) == "" {
				d.errorf(key, "a tool's name is blank")
				return
			}
			if value.Kind != yaml.MappingNode {
				d.wrong(value, what, "a mapping of the tool's settings")
				return
			}
			raw, ok := d.json(value, what)
			if !ok {
				return
			}
			tool := Tool{Name: key.Value}
			if err := json.Unmarshal(raw, &tool.Settings); err != nil {
				d.errorf(value, "%s: %v", what, err)
				return
			}
			add(key, tool)
		})
	})
}

func (d *decoder) permissions(n *yaml.Node, p *Permissions) {
	rules := func(what string, dst *[]Rule) func(*yaml.Node) {
		return func(n *yaml.Node) {
			if n.Kind == yaml.SequenceNode && len(n.Content) > maxRules {
				d.errorf(n, "%s has %d rules, wanted at most %d", what, len(n.Content), maxRules)
				return
			}
			d.items(n, what, d.text("a rule of "+what, func(n *yaml.Node, s string) {
				r, err := ParseRule(s)
				if err != nil {
					d.errorf(n, "%s: %v", what, err)
					return
				}
				r.at = position{n.Line, n.Column}
				*dst = append(*dst, r)
			}))
		}
	}
	d.fields(n, "permissions", []field{
		{"allow", rules("permissions.allow", &p.Allow)},
		{"ask", rules("permissions.ask", &p.Ask)},
		{"deny", rules("permissions.deny", &p.Deny)},
	})
}

func (d *decoder) limits(n *yaml.Node, l *Limits) {
	count := func(key string, most int64, dst *int) field {
		return field{key, d.integer("limits."+key, 1, most, func(v int64) { *dst = int(v) })}
	}
	d.fields(n, "limits", []field{
		count("steps", maxSteps, &l.Steps),
		count("tokens", maxTokens, &l.Tokens),
		count("tool_calls", maxToolCalls, &l.ToolCalls),
		{"time", d.text("limits.time", func(n *yaml.Node, s string) {
			v, err := time.ParseDuration(s)
			if !durationText.MatchString(s) || err != nil || v <= 0 {
				d.errorf(n, "limits.time is %s, wanted a time above 0 such as 90s, 5m or 1h30m", quote(s))
				return
			}
			l.Time = v
		})},
	})
}

func (d *decoder) sampling(n *yaml.Node, t *Task) {
	t.Sampling = &llm.Sampling{}
	s := t.Sampling
	number := func(key string, least, most float64, dst **float64) field {
		return field{key, d.number("sampling."+key, least, most, func(v float64) { *dst = &v })}
	}
	d.fields(n, "sampling", []field{
		number("temperature", 0, 2, &s.Temperature),
		{"top_k", d.integer("sampling.top_k", 0, 1_000_000, func(v int64) { k := int(v); s.TopK = &k })},
		number("top_p", 0, 1, &s.TopP),
		number("min_p", 0, 1, &s.MinP),
		number("repetition_penalty", 0.01, 10, &s.Repetition),
		number("presence_penalty", -2, 2, &s.Presence),
		number("frequency_penalty", -2, 2, &s.Frequency),
		{"seed", d.integer("sampling.seed", 0, maxInteger, func(v int64) { u := uint64(v); s.Seed = &u })},
	})
}

func (d *decoder) thinking(n *yaml.Node, t *Task) {
	t.Thinking = &llm.Thinking{}
	d.fields(n, "thinking", []field{
		{"off", d.boolean("thinking.off", func(v bool) { t.Thinking.Off = v })},
		{"budget", d.integer("thinking.budget", 1, maxTokens, func(v int64) { t.Thinking.Budget = int(v) })},
	})
	if err := t.Thinking.Check(); err != nil {
		d.errorf(n, "thinking: %v", err)
	}
}

// callAt reads a probability, or the word that leaves the decision to the model.
func (d *decoder) callAt(n *yaml.Node, t *Task) {
	v, ok := d.float(n)
	switch {
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" && n.Value == "model":
		v = llm.CallFreely
	case !ok || v < 0 || v > 1:
		d.wrong(n, "call_at", "a number from 0 to 1, or model")
		return
	}
	t.CallAt = &v
}
