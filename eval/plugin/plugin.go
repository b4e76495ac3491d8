// Package plugin asks whether a model chooses the right tool, with the right arguments, and
// none where none is needed: the three figures of the tool-use table of the first Qwen.
//
// Source: QwenLM/Qwen, eval/evaluate_plugin.py.
package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/qwen-agent/qwen-agent/eval"
	"github.com/qwen-agent/qwen-agent/llm"
)

// Question is one question and the call that is right for it.
type Question struct {
	ID       string
	Messages []llm.Message
	Tools    []llm.Tool // nil where the prompt has them as text, as Qwen's data do
	Stop     []string
	Want     Call // the zero value is no call
}

// Call is a tool with its arguments as they were written.
type Call struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

// Group is what results are summed by: calls that should be made, and those that should not.
func (q *Question) Group() string {
	if q.Want.Name == "" {
		return "negative"
	}
	return "positive"
}

// Load reads the questions of a folder: positive.jsonl and negative.jsonl in Qwen's form (a
// line has prompt, a text with ReAct instructions, and response, the right answer), under these names or
// as exam_plugin_VERSION_react_positive.jsonl. It returns the files too.
func Load(dir string) (list []Question, files []string, err error) {
	for _, kind := range []string{"positive", "negative"} {
		found, err := filepath.Glob(filepath.Join(dir, "*"+kind+".jsonl"))
		if err != nil {
			return nil, nil, err
		}
		if len(found) != 1 {
			path := filepath.Join(dir, kind+".jsonl")
			if len(found) == 0 {
				return nil, nil, fmt.Errorf("open %s: %w", path, fs.ErrNotExist)
			}
			return nil, nil, fmt.Errorf("%s has %d files that end in %s.jsonl, wanted one", dir, len(found), kind)
		}
		n := 0
		err = eval.Lines(found[0], func(line []byte) error {
			var d struct{ Prompt, Response string }
			if err := json.Unmarshal(line, &d); err != nil {
				return err
			}
			q := Question{ID: fmt.Sprintf("%s_%d", kind, n), Messages: []llm.Message{{Role: llm.User, Text: d.Prompt}}, Stop: []string{"Observation:"}}
			if n++; kind == "positive" {
				q.Want = parse(d.Response)
			}
			if d.Prompt == "" || kind == "positive" && q.Want.Name == "" {
				return errors.New(`wanted a prompt, and a response with "Action:"`)
			}
			list = append(list, q)
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
		files = append(files, found[0])
	}
	return list, files, nil
}

// maxDialogues bounds the file of LoadDialogues, in bytes.
const maxDialogues = 64 << 20

// LoadDialogues reads dialogues in ShareGPT's form with tools, as LLaMA-Factory has them. The
// first turn of each is the question, if there are tools: it is positive if a call is the first answer,
// and negative if words are.
func LoadDialogues(path string) (list []Question, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxDialogues {
		return nil, fmt.Errorf("%s: %d bytes, wanted at most %d", path, info.Size(), maxDialogues)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var dialogues []struct {
		Conversations []struct{ From, Value string }
		Tools         string
	}
	if err := json.Unmarshal(data, &dialogues); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for i, d := range dialogues {
		if len(d.Conversations) < 2 || d.Conversations[0].From != "human" || d.Tools == "" {
			continue
		}
		q := Question{Messages: []llm.Message{{Role: llm.User, Text: d.Conversations[0].Value}}}
		if err := json.Unmarshal([]byte(d.Tools), &q.Tools); err != nil {
			return nil, fmt.Errorf("%s: tools of dialogue %d: %w", path, i, err)
		}
		if len(q.Tools) == 0 {
			continue
		}
		if first := d.Conversations[1]; first.From == "function_call" {
			var c struct {
				Name      string
				Arguments json.RawMessage
			}
			if err := json.Unmarshal([]byte(first.Value), &c); err != nil || c.Name == "" {
				return nil, fmt.Errorf("%s: the call of dialogue %d is %.60q", path, i, first.Value)
			}
			q.Want = Call{c.Name, string(c.Arguments)}
		}
		q.ID = fmt.Sprintf("%s_%d", q.Group(), i)
		list = append(list, q)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s has no dialogue with tools", path)
	}
	return list, nil
}

// maxTokens of an answer.
const maxTokens = 512

// Cases makes a case of each question. In the group positive an answer is right if its first call is of
// the right tool, and the score rouge_l compares the arguments; in negative it is right
// if it makes no call, so that what is missing to 100 % are the false positives.
func Cases(list []Question, format string) []eval.Case {
	cases := make([]eval.Case, len(list))
	for i := range list {
		q := &list[i]
		cases[i] = eval.Case{ID: q.ID, Group: q.Group(), Run: func(ctx context.Context, m llm.Model) (eval.Result, error) {
			return q.ask(ctx, m, format)
		}}
	}
	return cases
}

func (q *Question) ask(ctx context.Context, m llm.Model, format string) (eval.Result, error) {
	r := eval.Result{Want: q.Want}
	if q.Tools == nil {
		format = "" // the prompt has its own
	}
	end, err := eval.Ask(ctx, m, &llm.Request{Messages: q.Messages, Tools: q.Tools, Format: format, Stop: q.Stop, MaxTokens: maxTokens})
	if err != nil {
		return r, err
	}
	r.Count(end.Usage)
	r.Raw = end.Message.Raw
	got := q.made(end.Message)
	r.Got = got
	if q.Want.Name == "" {
		if r.OK = got.Name == ""; !r.OK {
			r.Why = "it calls " + got.Name + " where no call is needed"
		}
		return r, nil
	}
	if r.OK = strings.EqualFold(got.Name, q.Want.Name); !r.OK {
		r.Why = fmt.Sprintf("it calls %q, wanted %q", got.Name, q.Want.Name)
	}
	r.Scores = map[string]float64{"rouge_l": rougeL(pieces(m, normal(got.Arguments)), pieces(m, normal(q.Want.Arguments)))}
	return r, nil
}

// made is the first call of an answer.
func (q *Question) made(m llm.Message) Call {
	if q.Tools == nil {
		return parse(m.Text)
	}
	if len(m.Calls) == 0 {
		return Call{}
	}
	return Call{m.Calls[0].Name, string(m.Calls[0].Arguments)}
}

// parse reads the first call of a text in the form of ReAct, as the original does.
func parse(text string) Call {
	_, rest, found := strings.Cut("\n"+text, "\nAction:")
	if !found {
		return Call{}
	}
	name, rest, _ := strings.Cut(rest, "Action Input:")
	arguments, _, _ := strings.Cut(rest, "\nObservation:")
	return Call{strings.TrimSpace(name), strings.TrimSpace(arguments)}
}
