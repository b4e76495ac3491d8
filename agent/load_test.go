package agent

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/qwen-agent/qwen-agent/react"
	"go.yaml.in/yaml/v4"

	"github.com/qwen-agent/qwen-agent/llm"
)

// head is a task that is right, for the cases to add to.
const head = "version: 1\nprompt: hi\n"

var good = []struct{ name, yaml string }{
	{"least", head},
	{"strings of every style", "version: 1\nname: \"n\"\ndescription: 'd'\ninstruction: |\n  one\n  two\nprompt: >\n  folded\n  text\n"},
	{"date as a string", head + "description: 2024-01-31\n"},
	{"comments and flow", "# a task\n{version: 1, prompt: hi, tools: [calc]} # end\n"},
	{"quoted keys", "\"version\": 1\n'prompt': hi\n"},
	{"inputs", "version: 1\nprompt: '{{.a}} {{if .b}}{{.c}}{{end}} {{printf \"%.2f\" .d}}'\ninputs:\n" +
		"  a: {type: string, enum: [x, y], default: x}\n  b: {type: boolean, default: false}\n  c: {type: integer, required: true}\n  d: {type: number, default: 1e3, description: it}\n"},
	{"optional input", head + "inputs: {a: {type: string, required: false}}\n"},
	{"no inputs", head + "inputs: {}\n"},
	{"empty string as a default", head + "inputs: {a: {type: string, default: ''}}\n"},
	{"integer as a number", head + "inputs: {a: {type: number, default: 3, enum: [3, 4.5]}}\n"},
	{"interpreter", head + "interpreter: {timeout: 1m30s, memory: 2G, network: false, python: python3.12, go: compiled, overwrite: true}\n"},
	{"tools", head + "tools:\n  - calc\n  - files: {write: true, depth: 3, more: [1, null, {a: b}]}\n"},
	{"no tools", head + "tools: []\n"},
	{"tool with empty settings", head + "tools: [{calc: {}}]\n"},
	{"permissions", head + "permissions:\n  allow: [calc, 'write_file:path=out/*.csv']\n  ask: ['*']\n  deny: ['read_file:path=*secret*', 'x:a=b:c=d']\n"},
	{"limits", head + "limits: {steps: 1, tokens: 10000000, tool_calls: 3, time: 1h2m3.5s}\n"},
	{"thinking off", head + "thinking: {off: true}\n"},
	{"a bound of calls", head + "call_at: 0.7\n"},
	{"calls as the model likes", head + "call_at: model\n"},
	{"thinking budget", head + "thinking: {off: false, budget: 500}\n"},
	{"sampling", head + "sampling: {temperature: 0.7, top_k: 20, top_p: 0.8, min_p: 0, repetition_penalty: 1.05, presence_penalty: -1, frequency_penalty: 0.5, seed: 7}\n"},
	{"output text", head + "output: text\n"},
	{"output regex", head + "output: {regex: '(yes|no), because .{1,80}'}\n"},
	{"output grammar", head + "output:\n  grammar: |\n    root ::= item+\n    item ::= \"- \" [a-z]+ \"\\n\"\n"},
	{"output grammar in a file", head + "output: {grammar: sub/answer.gbnf}\n"},
	{"output schema", head + "output:\n  schema:\n    type: object\n    required: [total]\n    properties: {total: {type: number}}\n"},
	{"workspace", head + "workspace: data/in\n"},
	{"workspace is the folder", head + "workspace: .\n"},
	{"workspace with dots in its name", head + "workspace: ..data\n"},
	{"format", head + "format: hermes\n"},
	{"blanks before the end", head + "\n\n...\n"},
}

// bad has one fault each. want is its place and a part of its message; beyond says that
// a JSON Schema cannot see it.
var bad = []struct {
	name, yaml, want string
	beyond           bool
}{
	{"empty", "", "1:1: the file is empty", true},
	{"only a comment", "# hi\n", "1:1: the file is empty", true},
	{"a list", "- a\n", `1:1: the task is a list, wanted a mapping`, false},
	{"a word", "hello\n", `1:1: the task is the string "hello", wanted a mapping`, false},
	{"no version", "prompt: hi\n", "1:1: version is missing; wanted version: 1", false},
	{"other version", "version: 2\nprompt: hi\n", `1:10: version is the integer "2", wanted 1`, false},
	{"version as text", "version: '1'\nprompt: hi\n", `1:10: version is the string "1", wanted 1`, false},
	{"no prompt", "version: 1\n", "1:1: prompt is missing", false},
	{"interpreter is a word", head + "interpreter: python\n", `3:14: interpreter is the string "python", wanted a mapping`, false},
	{"unknown interpreter key", head + "interpreter: {time: 1s}\n", `3:15: unknown key "time" in interpreter: did you mean "timeout"?`, false},
	{"short timeout", head + "interpreter: {timeout: 10ms}\n", `3:24: interpreter.timeout is "10ms", wanted a time from 1s to 24h`, true},
	{"timeout without a unit", head + "interpreter: {timeout: '10'}\n", `3:24: interpreter.timeout is "10"`, false},
	{"little memory", head + "interpreter: {memory: 1M}\n", `3:23: interpreter.memory is "1M", wanted a size from 32M to 1024G`, true},
	{"endless memory", head + "interpreter: {memory: 9999999999G}\n", `3:23: interpreter.memory is "9999999999G"`, true},
	{"memory as a number", head + "interpreter: {memory: 512}\n", `3:23: interpreter.memory is the integer "512", wanted a string`, false},
	{"network", head + "interpreter: {network: true}\n", `3:24: interpreter.network is true: code in the sandbox has no network`, false},
	{"python by a path", head + "interpreter: {python: ./workspace/python}\n", `3:23: interpreter.python is "./workspace/python", wanted a name such as python3.12`, false},
	{"another program", head + "interpreter: {python: perl}\n", `3:23: interpreter.python is "perl"`, false},
	{"unknown go", head + "interpreter: {go: fast}\n", `3:19: interpreter.go is "fast", wanted compiled`, false},
	{"blank prompt", "version: 1\nprompt: ' '\n", "2:9: prompt is blank", false},
	{"null prompt", "version: 1\nprompt:\n", "prompt is empty, wanted a string", false},
	{"unknown key", head + "promt: x\n", `3:1: unknown key "promt" in the task: did you mean "prompt"?`, false},
	{"unknown key far from all", head + "zzz: x\n", `3:1: unknown key "zzz" in the task: known are version, name, `, false},
	{"case of a key", head + "Tools: []\n", `3:1: unknown key "Tools" in the task: did you mean "tools"?`, false},
	{"number as a string", head + "name: 5\n", `3:7: name is the integer "5", wanted a string: put it in quotes`, false},
	{"boolean as a string", head + "name: true\n", `3:7: name is the boolean "true", wanted a string: put it in quotes`, false},
	{"list as a string", head + "name: [a]\n", "3:7: name is a list, wanted a string", false},
	{"unknown format", head + "format: chatml\n", `3:9: format is "chatml", wanted ` + strings.Join(react.Formats, ", "), false},

	{"duplicate key", head + "name: a\nname: b\n", `4:1: key "name" of the task is already on line 3`, true},
	{"duplicate input", head + "inputs:\n  a: {type: string}\n  a: {type: string}\n", `5:3: key "a" of inputs is already on line 4`, true},
	{"duplicate key in settings", head + "tools:\n  - calc: {a: 1, a: 2}\n", `4:18: key "a" of tools.calc is already on line 4`, true},
	{"duplicate tool", head + "tools:\n  - calc\n  - calc\n", `5:5: tool "calc" is already on line 4`, true},
	{"key that is no string", head + "1: x\n", `3:1: a key of the task is the integer "1", wanted a string`, true},
	{"key that is a list", head + "? [a]\n: x\n", `3:3: a key of the task is a list, wanted a string`, true},
	{"alias", head + "name: &n x\ndescription: *n\n", "4:14: description is the alias *n: a task file has no aliases", true},
	{"alias bomb", head + "inputs:\n  a: &a {type: string}\n  b: &b {x: *a, y: *a}\n  c: {x: *b, y: *b}\n", `5:10: unknown key "x" in inputs.b`, false},
	{"alias as a mapping", head + "name: &n {a: b}\nlimits: *n\n", "4:9: limits is the alias *n: a task file has no aliases", true},
	{"alias of what holds it", head + "limits: &l {steps: *l}\n", "3:20: limits.steps is the alias *l", true},
	{"unknown alias", head + "name: *n\n", "3:7: not YAML: unknown anchor 'n' referenced", true},
	{"merge key", head + "<<: {name: x}\n", "3:1: a key of the task is the merge key <<, wanted a string", true},
	{"tag", head + "name: !secret x\n", `3:7: name is a value with the tag "!secret", wanted a string`, true},
	{"binary", head + "name: !!binary aGk=\n", `3:7: name is a value with the tag "!!binary", wanted a string`, true},
	{"tag of a mapping", head + "limits: !go {steps: 1}\n", `3:9: limits is a value with the tag "!go", wanted a mapping`, true},
	{"two documents", head + "---\n" + head, "a second document starts here; wanted one task a file", true},
	{"open list", head + "tools: [a\nname: b\n", "not YAML: did not find expected ',' or ']' while parsing a flow sequence that starts on line 3", true},
	{"open quote", head + "name: 'a\n", "not YAML: found unexpected end of stream", true},
	{"tab", "version: 1\n\tprompt: hi\n", "2:1: not YAML: found a tab character that violates indentation", true},
	{"tab at the start", "\tversion: 1\n", "1:1: not YAML: found character that cannot start any token while scanning for the next token; if it is a tab, indent with spaces", true},
	{"wrong indentation", head + "  name: a\n", "3:7: not YAML: mapping values are not allowed", true},
	{"deep", head + "output: " + strings.Repeat("[", 40), "3:41: not YAML: exceeded max depth of 32", true},
	{"not UTF-8", head + "name: \xff\n", "3:7: byte 0xff is not UTF-8", true},
	{"half a character", head + "name: ä\xc3\n", "3:8: byte 0xc3 is not UTF-8", true},
	{"control character", head + "name: a\x00b\n", "3:8: control character U+0000", true},
	{"too large", head + "name: " + strings.Repeat("x", maxFile), "the file has more than 1048576 bytes", true},

	{"inputs as a list", head + "inputs: [a]\n", "3:9: inputs is a list, wanted a mapping", false},
	{"input as a word", head + "inputs: {a: string}\n", `3:13: inputs.a is the string "string", wanted a mapping`, false},
	{"input without a type", head + "inputs: {a: {default: x}}\n", "3:13: inputs.a.type is missing; wanted string, integer, number, boolean", false},
	{"unknown type", head + "inputs: {a: {type: str}}\n", `3:20: inputs.a.type is "str", wanted string, integer`, false},
	{"name of an input", head + "inputs: {a-b: {type: string}}\n", `3:10: input name "a-b": wanted at most 64 letters`, false},
	{"unknown key of an input", head + "inputs: {a: {type: string, defualt: x}}\n", `3:28: unknown key "defualt" in inputs.a: did you mean "default"?`, false},
	{"string default of another type", head + "inputs: {a: {type: string, default: 2024}}\n", `inputs.a.default is the integer "2024", wanted a string: put it in quotes`, false},
	{"integer default of another type", head + "inputs: {a: {type: integer, default: 1.5}}\n", `inputs.a.default is the number "1.5", wanted an integer`, false},
	{"integer too large", head + "inputs: {a: {type: integer, default: 9007199254740993}}\n", "inputs.a.default", false},
	{"boolean default of another type", head + "inputs: {a: {type: boolean, default: yes}}\n", `inputs.a.default is the string "yes", wanted true or false`, false},
	{"number that is none", head + "inputs: {a: {type: number, default: .nan}}\n", `inputs.a.default is the number ".nan", wanted a number`, true},
	{"octal", head + "inputs: {a: {type: integer, default: 017}}\n", `inputs.a.default is the integer "017", wanted an integer`, true},
	{"default not in the enum", head + "inputs: {a: {type: string, enum: [x, y], default: z}}\n", `inputs.a.default: "z" is not allowed, wanted x, y`, true},
	{"empty enum", head + "inputs: {a: {type: string, enum: []}}\n", "inputs.a.enum is an empty list", false},
	{"enum of another type", head + "inputs: {a: {type: integer, enum: [1, x]}}\n", `a value of inputs.a.enum is the string "x", wanted an integer`, false},
	{"required with a default", head + "inputs: {a: {type: string, default: x, required: true}}\n", "inputs.a is required and has a default", false},

	{"prompt names no input", "version: 1\nprompt: '{{.fiel}}'\ninputs: {file: {type: string}}\n", `2:9: prompt: the task has no input "fiel": did you mean "file"?`, true},
	{"prompt names no input through $", "version: 1\nprompt: '{{$.fiel}}'\ninputs: {file: {type: string}}\n", `2:9: prompt: the task has no input "fiel"`, true},
	{"prompt goes into an input", "version: 1\nprompt: '{{.a.b}}'\ninputs: {a: {type: string}}\n", `prompt: input a is a single value, it has no "b"`, true},
	{"prompt is no template", "version: 1\nprompt: '{{.a'\n", "2:9: prompt: prompt:1: unclosed action", true},
	{"prompt with range", "version: 1\nprompt: '{{range 1000000000}}{{end}}'\n", "prompt: range has nothing to go over", true},
	{"prompt with a template", "version: 1\nprompt: '{{define \"a\"}}x{{end}}{{template \"a\"}}'\n", "prompt: it defines templates", true},
	{"prompt with a function", "version: 1\nprompt: '{{html .a}}'\ninputs: {a: {type: string}}\n", `prompt: no function "html" in a prompt`, true},
	{"prompt with call", "version: 1\nprompt: '{{call .a}}'\ninputs: {a: {type: string}}\n", `prompt: no function "call" in a prompt`, true},

	{"workspace outside", head + "workspace: ../x\n", `3:12: workspace is "../x": it leaves the task file's folder`, false},
	{"workspace above", head + "workspace: ..\n", `3:12: workspace is "..": it leaves the task file's folder`, false},
	{"workspace by a detour", head + "workspace: a/../../b\n", `workspace is "a/../../b": it leaves`, true},
	{"workspace absolute", head + "workspace: /tmp\n", `workspace is "/tmp": it is absolute`, false},
	{"workspace at home", head + "workspace: ~/x\n", `workspace is "~/x": ~ is not expanded`, false},

	{"tools as a mapping", head + "tools: {calc: {}}\n", "3:8: tools is a mapping, wanted a list", false},
	{"tool with two names", head + "tools:\n  - calc: {}\n    files: {}\n", "4:5: a tool is a mapping of 2 names, wanted one", false},
	{"tool with settings beside it", head + "tools:\n  - files:\n    write: true\n", "4:5: a tool is a mapping of 2 names, wanted one: start each tool with a dash", false},
	{"tool without settings", head + "tools:\n  - files:\n", "tools.files is empty, wanted a mapping of the tool's settings", false},
	{"tool as a number", head + "tools: [5]\n", `3:9: a tool is the integer "5", wanted a string`, false},
	{"tool as a list", head + "tools: [[calc]]\n", `3:9: a tool is a list, wanted its name`, false},
	{"setting that JSON has not", head + "tools: [{calc: {x: .inf}}]\n", `3:20: a value in tools.calc is the number ".inf", wanted one that JSON has`, true},

	{"unknown kind of rule", head + "permissions: {alow: []}\n", `3:15: unknown key "alow" in permissions: did you mean "allow"?`, false},
	{"rules as a word", head + "permissions: {allow: calc}\n", `3:22: permissions.allow is the string "calc", wanted a list`, false},
	{"rule without a glob", head + "permissions: {deny: ['read_file:path']}\n", `3:22: permissions.deny: rule "read_file:path": "path" is no argument=glob`, false},
	{"rule without a tool", head + "permissions: {deny: [':path=x']}\n", `rule ":path=x": "" is no tool's name`, false},
	{"rule with blanks", head + "permissions: {deny: ['read file']}\n", `"read file" is no tool's name`, false},

	{"limit of 0", head + "limits: {steps: 0}\n", `3:17: limits.steps is the integer "0", wanted an integer from 1 to 1000`, false},
	{"limit that is huge", head + "limits: {tokens: 99999999999999999999}\n", "limits.tokens is", false},
	{"limit with a fraction", head + "limits: {steps: 1.5}\n", `limits.steps is the number "1.5", wanted an integer`, false},
	{"time as a number", head + "limits: {time: 30}\n", `limits.time is the integer "30", wanted a string`, false},
	{"time without a unit", head + "limits: {time: '30'}\n", `limits.time is "30", wanted a time above 0 such as 90s`, false},
	{"time below 0", head + "limits: {time: -5s}\n", `limits.time is "-5s", wanted a time above 0`, false},
	{"no time", head + "limits: {time: 0s}\n", `limits.time is "0s", wanted a time above 0`, true},
	{"time beyond all", head + "limits: {time: 99999999999h}\n", `limits.time is "99999999999h", wanted a time`, true},
	{"unknown limit", head + "limits: {step: 3}\n", `3:10: unknown key "step" in limits: did you mean "steps"?`, false},
	{"thinking off and on", head + "thinking: {off: true, budget: 5}\n", `3:11: thinking: thinking is off and has a budget of 5 tokens, want one of the two`, false},
	{"no probability", head + "call_at: 1.5\n", `3:10: call_at is the number "1.5", wanted a number from 0 to 1, or model`, false},
	{"another word", head + "call_at: always\n", `call_at is the string "always", wanted a number from 0 to 1, or model`, false},
	{"no budget", head + "thinking: {budget: 0}\n", `thinking.budget is the integer "0", wanted an integer from 1`, false},
	{"unknown thinking", head + "thinking: {on: true}\n", `unknown key "on" in thinking`, false},
	{"temperature", head + "sampling: {temperature: 3}\n", `sampling.temperature is the integer "3", wanted a number from 0 to 2`, false},
	{"seed below 0", head + "sampling: {seed: -1}\n", `sampling.seed is the integer "-1", wanted an integer from 0`, false},
	{"unknown sampling", head + "sampling: {topk: 1}\n", `unknown key "topk" in sampling: did you mean "top_k"?`, false},
	{"output as another word", head + "output: json\n", `3:9: output is the string "json", wanted text, or a mapping with a schema, a regex or a grammar`, false},
	{"output without its key", head + "output: {type: object}\n", `3:9: output has no schema, regex or grammar: it is written as output: {schema: …}`, false},
	{"output with another key", head + "output: {schema: {}, strict: true}\n", `3:22: unknown key "strict" in output`, false},
	{"output in two forms", head + "output: {schema: {}, regex: x}\n", `3:9: output has schema and regex, wanted one of them`, false},
	{"output with a wrong regex", head + "output: {regex: '(?=x)'}\n", `3:17: output.regex cannot be held to: "(?=x)": lookahead and lookbehind are not supported`, true},
	{"output with a regex that is a number", head + "output: {regex: 5}\n", `3:17: output.regex is the integer "5", wanted a string: put it in quotes`, false},
	{"output with wrong rules", head + "output: {grammar: 'root ::= x'}\n", `3:19: output.grammar: line 1: there is no rule "x"`, true},
	{"output with rules without an end", head + "output: {grammar: 'root ::= root \"a\" | \"b\"'}\n", `3:19: output.grammar: recursive without end`, true},
	{"output with a file elsewhere", head + "output: {grammar: ../answer.gbnf}\n", `3:19: output.grammar is "../answer.gbnf": it leaves the task file's folder`, true},
	{"output with a blank file", head + "output: {grammar: ''}\n", `3:19: output.grammar is blank`, false},
	{"output as a word below", head + "output: {schema: text}\n", `3:18: output.schema is the string "text", wanted a JSON Schema`, false},
	{"output that is no schema", head + "output: {schema: {type: strng}}\n", `3:18: output.schema is no JSON Schema: there is no type "strng": did you mean "string"?`, false},
	{"output with a type below that is none", head + "output: {schema: {properties: {a: {items: {type: int}}}}}\n", `there is no type "int": did you mean "integer"?`, false},
	{"output with properties as a list", head + "output: {schema: {properties: []}}\n", "output.schema is no JSON Schema: json: cannot unmarshal array", false},
	{"output with a wrong pattern", head + "output: {schema: {pattern: '('}}\n", "output.schema is no JSON Schema", true},
	{"output that refers to a file", head + "output: {schema: {$ref: 'file:///etc/passwd'}}\n", "output.schema is no JSON Schema", true},
	{"output that no grammar has", head + "output: {schema: {properties: {a: {not: {}}}}}\n", `3:18: output.schema cannot be held to: unsupported keyword "not" at /properties/a`, true},
	{"output that nothing fits", head + "output: {schema: {type: integer, minimum: 2, maximum: 1}}\n", "output.schema cannot be held to: no value fits", true},
}

func TestParseGood(t *testing.T) {
	for _, c := range good {
		if _, err := Parse("t.yaml", []byte(c.yaml)); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestParseBad(t *testing.T) {
	for _, c := range bad {
		start := time.Now()
		_, err := Parse("t.yaml", []byte(c.yaml))
		if d := time.Since(start); d > time.Second {
			t.Errorf("%s: took %v", c.name, d)
		}
		var fe *FileError
		if !errors.As(err, &fe) {
			t.Errorf("%s: got %v (%T), want a *FileError", c.name, err, err)
			continue
		}
		found := false
		for _, line := range strings.Split(err.Error(), "\n") {
			found = found || strings.HasPrefix(line, "t.yaml:") && strings.Contains(line, c.want)
		}
		if !found {
			t.Errorf("%s: got\n%v\nwant a line with\n%s", c.name, err, c.want)
		}
	}
}

// TestSchemaAgrees holds the same files against the JSON Schema.
func TestSchemaAgrees(t *testing.T) {
	s := compiledSchema(t)
	validate := func(text string) error {
		var doc any
		if err := yaml.Load([]byte(text), &doc); err != nil {
			return nil // no document: nothing for a schema to see
		}
		raw, err := json.Marshal(doc)
		if err != nil {
			return nil
		}
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
		if err != nil {
			t.Fatal(err)
		}
		return s.Validate(v)
	}
	for _, c := range good {
		if err := validate(c.yaml); err != nil {
			t.Errorf("%s: the loader takes it, the schema says %v", c.name, err)
		}
	}
	for _, c := range bad {
		switch err := validate(c.yaml); {
		case c.beyond: // an editor may say something, but need not
		case err == nil:
			t.Errorf("%s: the loader refuses it, the schema takes it", c.name)
		}
	}
}

// TestSchemaKeys compares the keys of every section, so that a new one cannot be added
// to one side alone.
func TestSchemaKeys(t *testing.T) {
	type node struct {
		Properties map[string]node `json:"properties"`
		Defs       map[string]node `json:"$defs"`
	}
	var s node
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	d := &decoder{sections: map[string][]string{}}
	root, p := document([]byte(head + "inputs: {a: {type: string}}\npermissions: {}\nlimits: {}\nsampling: {}\nthinking: {}\ninterpreter: {}\n"))
	if p != nil {
		t.Fatal(p)
	}
	d.task(root, &Task{})
	for section, want := range map[string]node{
		"the task": s, "inputs.a": s.Defs["input"], "permissions": s.Properties["permissions"],
		"limits": s.Properties["limits"], "sampling": s.Properties["sampling"], "thinking": s.Properties["thinking"], "interpreter": s.Properties["interpreter"],
	} {
		known := map[string]bool{}
		for _, k := range d.sections[section] {
			known[k] = true
		}
		wanted := map[string]bool{}
		for k := range want.Properties {
			wanted[k] = true
		}
		if diff := cmp.Diff(wanted, known); diff != "" || len(known) == 0 {
			t.Errorf("%s: keys of the schema and of the loader differ:\n%s", section, diff)
		}
		delete(d.sections, section)
	}
	if len(d.sections) > 0 {
		t.Errorf("sections that were not compared: %v", d.sections)
	}
}

// TestSchemaFormats compares the names of formats.
func TestSchemaFormats(t *testing.T) {
	var s struct {
		Properties struct{ Format struct{ Enum []string } }
	}
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(react.Formats, s.Properties.Format.Enum); diff != "" {
		t.Errorf("formats of the planner and of the schema differ:\n%s", diff)
	}
}

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(Schema())))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("task.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("task.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestParseAll(t *testing.T) {
	got, err := Parse("dir/t.yaml", []byte(`version: 1
name: n
description: d
model: m
format: turn
instruction: i
prompt: p {{.a}}
inputs:
  b: {type: integer, required: false, enum: [3, 4]}
  a: {type: string, description: x, default: y}
workspace: w
tools: [calc, files: {write: true}]
permissions: {deny: ["write_file:path=*.go"]}
limits: {steps: 6, tokens: 7, tool_calls: 8, time: 90s}
sampling: {temperature: 0.5, seed: 9}
call_at: 0.5
output: {schema: {type: object, required: [z], properties: {z: {type: string}, a: {type: number}}}}
draft: e
interpreter: {timeout: 20s, memory: 1G, network: false, python: python3, go: compiled, overwrite: true}
`))
	if err != nil {
		t.Fatal(err)
	}
	half, nine := 0.5, uint64(9)
	want := &Task{
		Name: "n", Description: "d", Model: "m", Draft: "e", Format: "turn", Instruction: "i", Prompt: "p {{.a}}", Workspace: "w",
		Inputs: []Input{
			{Name: "b", Type: "integer", Enum: []any{int64(3), int64(4)}},
			{Name: "a", Type: "string", Description: "x", Default: "y"},
		},
		Tools:       []Tool{{Name: "calc", at: position{12, 9}}, {Name: "files", Settings: map[string]any{"write": true}, at: position{12, 15}}},
		Permissions: Permissions{Deny: []Rule{{Tool: "write_file", Argument: "path", Glob: "*.go", at: position{13, 22}}}},
		Limits:      Limits{Steps: 6, Tokens: 7, ToolCalls: 8, Time: 90 * time.Second},
		Sampling:    &llm.Sampling{Temperature: &half, Seed: &nine},
		CallAt:      &half,
		Output:      json.RawMessage(`{"type":"object","required":["z"],"properties":{"z":{"type":"string"},"a":{"type":"number"}}}`),
		Interpreter: Interpreter{Timeout: 20 * time.Second, Memory: 1 << 30, Python: "python3", Go: "compiled", Overwrite: true},
		workspaceAt: position{11, 12},
		file:        "dir/t.yaml", dir: "dir",
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(Task{}, Tool{}, Rule{}, position{})); diff != "" {
		t.Error(diff)
	}
}

func TestLoadFiles(t *testing.T) {
	dir := t.TempDir()
	if _, err := Load(filepath.Join(dir, "none.yaml")); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "none.yaml") {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "is a folder, wanted a file") {
		t.Errorf("a folder: %v", err)
	}
}

// TestManyProblems: all are told, in the file's order, up to a limit.
func TestManyProblems(t *testing.T) {
	_, err := Parse("t.yaml", []byte(head+strings.Repeat("x: 1\n", 1)+"limits: {steps: 0, tokens: 0}\nname: 5\n"))
	var fe *FileError
	if !errors.As(err, &fe) || len(fe.Problems) != 4 {
		t.Fatalf("got %v, want four problems", err)
	}
	for i := 1; i < 4; i++ {
		if a, b := fe.Problems[i-1], fe.Problems[i]; a.Line > b.Line || a.Line == b.Line && a.Column > b.Column {
			t.Errorf("problems are not in order: %+v before %+v", a, b)
		}
	}
	var many strings.Builder
	for range 30 {
		many.WriteString("- 5\n")
	}
	if _, err := Parse("t.yaml", []byte(head+"tools:\n"+many.String())); !errors.As(err, &fe) || len(fe.Problems) != maxProblems || fe.More != 10 {
		t.Errorf("got %v, want %d problems and 10 more", err, maxProblems)
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range good {
		f.Add([]byte(c.yaml))
	}
	for _, c := range bad {
		if len(c.yaml) < 1000 {
			f.Add([]byte(c.yaml))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		task, err := Parse("t.yaml", data)
		if err == nil {
			runsOrSays(t, task)
			return
		}
		var fe *FileError
		if !errors.As(err, &fe) || len(fe.Problems) == 0 || len(fe.Problems) > maxProblems {
			t.Fatalf("error of another kind: %v (%T)", err, err)
		}
		for _, p := range fe.Problems {
			if lines := strings.Count(string(data), "\n") + strings.Count(string(data), "\r") + 2; p.Line > lines || p.Line < 0 || p.Column < 0 {
				t.Fatalf("place %d:%d is outside the file: %v", p.Line, p.Column, err)
			}
		}
	})
}

// runsOrSays fills in the prompt of a task that was read, with every input set.
func runsOrSays(t *testing.T, task *Task) {
	given := map[string]any{}
	for _, in := range task.Inputs {
		switch {
		case in.Enum != nil:
			given[in.Name] = in.Enum[0]
		case in.Default != nil:
			given[in.Name] = in.Default
		default:
			given[in.Name] = in.zero()
		}
	}
	values, err := task.values(given)
	if err != nil {
		t.Fatalf("values that the task itself names are refused: %v", err)
	}
	if s, err := task.render(values); err == nil && (len(s) > maxPrompt || strings.TrimSpace(s) == "") {
		t.Fatalf("prompt has %d bytes", len(s))
	}
	for _, rules := range [][]Rule{task.Permissions.Allow, task.Permissions.Ask, task.Permissions.Deny} {
		for _, r := range rules {
			if back, err := ParseRule(r.String()); err != nil || back.String() != r.String() {
				t.Fatalf("rule %v is read back as %v, %v", r, back, err)
			}
		}
	}
}
