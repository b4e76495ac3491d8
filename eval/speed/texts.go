package speed

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// The sets of texts that answers are compared on.
const (
	SetTasks = "tasks" // what a model is asked while an agent works on tasks
	SetEdits = "edits" // programs that are repeated with a small change
	SetCalls = "calls" // the same, written as an argument of a call
	SetNew   = "new"   // texts that have nothing to copy
)

// Sets are those that there are, in their order.
var Sets = []string{SetTasks, SetEdits, SetCalls, SetNew}

// Text is a request whose answer is written in two ways.
type Text struct {
	Set, Name string
	Request   *llm.Request
}

// edit is a change of a program of HumanEval.
type edit struct {
	task   int
	change string
}

// edits are small changes of ten programs. They are fixed, so that runs can be compared.
var edits = [10]edit{
	{0, "Rename the parameter threshold to limit."},
	{1, "Rename the variable current_depth to depth."},
	{6, "Rename the inner function parse_paren_group to deepest."},
	{9, "Add the type hint Optional[int] to the variable running_max where it is first set, and import Optional."},
	{17, "Let the half note 'o|' last three beats in place of two, in the legend and in the map."},
	{20, "Rename the variable new_distance to d."},
	{32, "Change the precision 1e-10 to 1e-12."},
	{39, "Add a docstring to the inner function is_prime that says what it returns."},
	{69, "Return 0 in place of -1 if no such value exists, in the docstring and in the code."},
	{141, "Also allow the ending 'pdf', in the docstring and in the code."},
}

// longest bounds the answers to the edits, in tokens.
const longest = 768

// Edits returns the requests for the ten edits, of python.jsonl in the folder of HumanEval:
// first with the program as the answer, then with some of them written by a call.
func Edits(dir string) ([]Text, error) {
	programs, err := humanEval(filepath.Join(dir, "python.jsonl"))
	if err != nil {
		return nil, err
	}
	var texts, calls []Text
	for i, e := range edits {
		name := fmt.Sprintf("HumanEval/%d", e.task)
		program, ok := programs[name]
		if !ok {
			return nil, fmt.Errorf("speed: %s has no task %s", dir, name)
		}
		texts = append(texts, Text{SetEdits, name, &llm.Request{
			Messages: []llm.Message{{Role: llm.User, Text: "Here is a Python program:\n```python\n" + program + "```\n" +
				e.change + " Leave everything else as it is. Answer with the whole program in one code block and nothing else."}},
			MaxTokens: longest,
		}})
		if i%3 == 0 {
			calls = append(calls, Text{SetCalls, fmt.Sprintf("call/%d", e.task), editByCall(program, e.change)})
		}
	}
	return append(texts, calls...), nil
}

// editByCall asks for a change of a file that was read, to be written with a tool.
func editByCall(program, change string) *llm.Request {
	text := func(description string) string { return `{"type":"string","description":"` + description + `"}` }
	return &llm.Request{
		Format: "turn",
		Messages: []llm.Message{
			{Role: llm.User, Text: change + " It is in the file program.py. Leave everything else as it is, and write the whole file."},
			{Role: llm.Assistant, Calls: []llm.Call{{ID: "call_1", Name: "read_file", Arguments: json.RawMessage(`{"path": "program.py"}`)}}},
			{Role: llm.Observer, Name: "read_file", CallID: "call_1", Text: program},
		},
		Tools: []llm.Tool{
			{Name: "read_file", Description: "Shows a file.", Parameters: json.RawMessage(`{"type":"object","properties":{"path":` + text("its name") + `},"required":["path"]}`)},
			{Name: "write_file", Description: "Writes a whole file.", Parameters: json.RawMessage(`{"type":"object","properties":{"path":` + text("its name") + `,"content":` + text("its text") + `},"required":["path","content"]}`)},
		},
		Choice:    &llm.Choice{Tools: []string{"write_file"}, NoText: true},
		MaxTokens: longest,
	}
}

// humanEval reads programs by their names: what a task gives, and its solution.
func humanEval(path string) (map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	programs := map[string]string{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		var task struct {
			ID       string `json:"task_id"`
			Prompt   string `json:"prompt"`
			Solution string `json:"canonical_solution"`
		}
		if err := json.Unmarshal(lines.Bytes(), &task); err != nil {
			return nil, fmt.Errorf("speed: %s, line %d: %w", path, n, err)
		}
		programs[task.ID] = strings.TrimLeft(task.Prompt, "\n") + strings.TrimRight(task.Solution, "\n ") + "\n"
	}
	return programs, lines.Err()
}

// New returns requests for texts that have nothing to copy. They are sampled, as a greedy
// small model falls into repeating itself, which is easily guessed.
func New() []Text {
	var texts []Text
	for i, text := range []string{
		"Tell me of the sea, in about two hundred words.",
		"Write a short story about a lighthouse keeper who learns to paint.",
		"How does bread rise? Explain it to a child.",
		"Write a letter to a friend about a journey through the mountains.",
	} {
		seed, temperature := uint64(i+1), 1.0
		texts = append(texts, Text{SetNew, fmt.Sprintf("new/%d", i+1), &llm.Request{
			Messages:  []llm.Message{{Role: llm.User, Text: text}},
			Sampling:  &llm.Sampling{Seed: &seed, Temperature: &temperature},
			MaxTokens: 200,
		}})
	}
	return texts
}

// Transcripts lets an agent work with m on the tasks of the given names, whose folders are in
// examples, and returns what m was asked.
func Transcripts(ctx context.Context, m llm.Model, examples string, tasks []string) ([]Text, error) {
	var texts []Text
	for _, name := range tasks {
		l := &listener{Model: m}
		if err := work(ctx, l, examples, name); err != nil {
			return nil, err
		}
		for i, r := range l.asked {
			texts = append(texts, Text{SetTasks, fmt.Sprintf("%s/%d", name, i+1), r})
		}
	}
	return texts, nil
}

// listener keeps what a model is asked.
type listener struct {
	llm.Model
	asked []*llm.Request
}

func (l *listener) Generate(ctx context.Context, r *llm.Request) iter.Seq2[llm.Chunk, error] {
	kept := *r
	kept.Messages = slices.Clone(r.Messages)
	l.asked = append(l.asked, &kept)
	return l.Model.Generate(ctx, r)
}
