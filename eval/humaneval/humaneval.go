// Package humaneval runs HumanEval: functions to be written from their description, which
// count as right if the benchmark's tests pass. What the model writes runs in the sandbox.
//
// Source: Chen et al., Evaluating Large Language Models Trained on Code (2021), and for Go
// its translation HumanEval-X, Zheng et al., CodeGeeX (2023).
package humaneval

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/qwen-agent/qwen-agent/eval"
	"github.com/qwen-agent/qwen-agent/llm"
)

// Languages are those that there are problems in.
var Languages = []string{"python", "go"}

// Problem is a function to be written.
type Problem struct {
	ID       string
	Language string
	Prompt   string // the beginning of a program, up to where the function's body is to stand
	Entry    string // the function's name
	Solution string // a body that is right
	Test     string // what has to run without a failure
	Setup    string // Go: the package clause and the imports of Test
}

// File is the file of the problems in a language.
func File(dir, language string) string { return filepath.Join(dir, language+".jsonl") }

// Load reads the problems in a language from a folder.
func Load(dir, language string) ([]*Problem, error) {
	var list []*Problem
	err := eval.Lines(File(dir, language), func(line []byte) error {
		var d struct {
			ID          string `json:"task_id"`
			Prompt      string `json:"prompt"`
			Entry       string `json:"entry_point"`
			Solution    string `json:"canonical_solution"`
			Test        string `json:"test"`
			Setup       string `json:"test_setup"`
			Declaration string `json:"declaration"`
		}
		if err := json.Unmarshal(line, &d); err != nil {
			return err
		}
		p := &Problem{d.ID, language, d.Prompt, d.Entry, d.Solution, d.Test, d.Setup}
		if language == "go" {
			p.Entry = lastFunc(d.Declaration)
		}
		if p.ID == "" || p.Prompt == "" || p.Entry == "" || p.Test == "" {
			return fmt.Errorf("a problem of %d bytes of prompt and %d of test, id %q, function %q: wanted all four", len(p.Prompt), len(p.Test), p.ID, p.Entry)
		}
		list = append(list, p)
		return nil
	})
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("%s has no problems", File(dir, language))
	}
	return list, err
}

// maxTokens of an answer; the longest right one has a third of that.
const maxTokens = 1024

// Cases makes a case of each problem: the model is asked once, greedily (pass@1), in the given
// chat format, and what it writes is run by the runner.
func Cases(problems []*Problem, r *Runner, format string) []eval.Case {
	cases := make([]eval.Case, len(problems))
	for i, p := range problems {
		cases[i] = eval.Case{ID: p.ID, Group: p.Language, Run: func(ctx context.Context, m llm.Model) (eval.Result, error) {
			request := &llm.Request{
				Messages: []llm.Message{{Role: llm.User, Text: p.question()}}, Format: format, MaxTokens: maxTokens,
				Grammar: &llm.Grammar{Regex: regexp.QuoteMeta(p.opening()) + `[\s\S]*`}, Stop: stops[p.Language],
			}
			end, err := eval.Ask(ctx, m, request)
			if err != nil {
				return eval.Result{}, err
			}
			result := eval.Result{Raw: end.Message.Raw, Want: "the tests pass"}
			result.Count(end.Usage)
			program, err := p.Program(end.Message.Text)
			result.Got = program
			if err != nil {
				result.Why = err.Error()
				return result, nil
			}
			result.Why, err = r.Run(ctx, p, program)
			result.OK = err == nil && result.Why == ""
			if !result.OK && end.Reason == llm.Length {
				result.Why += fmt.Sprintf("; cut off at %d tokens", maxTokens)
			}
			return result, err
		}}
	}
	return cases
}

var names = map[string]string{"python": "Python", "go": "Go"}

// question asks in the words in which the published figures of Qwen2.5-Coder were made (EvalPlus).
func (p *Problem) question() string {
	return fmt.Sprintf("Please provide a self-contained %s script that solves the following problem in a markdown code block:\n```\n%s\n```\n",
		names[p.Language], strings.TrimSpace(p.Prompt))
}

// stops are what comes behind a solution: the end of the block, and for Python what a script would do, which does
// not count. EvalPlus has the same but for the asserts.
var stops = map[string][]string{"python": {"\n```\n", "\nif __name__", "\ndef main(", "\nprint(", "\nassert "}, "go": {"\n```\n"}}

// opening is what EvalPlus has every answer begin with.
func (p *Problem) opening() string {
	return fmt.Sprintf("Below is a %s script with a self-contained function that solves the problem and passes corresponding tests:\n```%s\n",
		names[p.Language], p.Language)
}

// Program makes a program, without the test, of what a model answered. An error says why
// that cannot be one.
func (p *Problem) Program(answer string) (string, error) {
	code := p.code(answer)
	if p.Language == "go" {
		return p.goProgram(code)
	}
	return p.pythonProgram(code), nil
}
