package tasks

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
	"github.com/qwen-agent/qwen-agent/llm"
)

// solver is a model that runs a program and answers with what it printed.
type solver struct {
	program string
	asked   []*llm.Request
}

func (s *solver) Info() llm.Info { return llm.Info{Name: "solver", Context: 1 << 20} }

func (s *solver) Generate(_ context.Context, r *llm.Request) iter.Seq2[llm.Chunk, error] {
	s.asked = append(s.asked, r)
	last := r.Messages[len(r.Messages)-1]
	end := llm.End{Reason: llm.Stop, Message: llm.Message{Role: llm.Assistant, Text: last.Text}}
	if last.Role == llm.User {
		arguments, _ := json.Marshal(map[string]string{"code": s.program})
		end = llm.End{Reason: llm.ToolCalls, Message: llm.Message{Role: llm.Assistant, Calls: []llm.Call{{Name: "python", Arguments: arguments}}}}
	}
	return func(yield func(llm.Chunk, error) bool) { yield(llm.Chunk{End: &end}, nil) }
}

// TestSolutions: the program that stands for each task of code finds its answer, in either
// form, and an empty one does not.
func TestSolutions(t *testing.T) {
	list := load(t, "code")
	for _, strings := range []bool{false, true} {
		for i, c := range Cases(list, Options{Strings: strings}) {
			program, err := os.ReadFile(filepath.Join(list[i].Dir, "solutions", c.ID+".py"))
			if err != nil {
				t.Fatal(err)
			}
			model := &solver{program: string(program)}
			r, err := c.Run(t.Context(), model)
			skipWithout(t, err)
			if !r.OK || r.Scores["failed"] != 0 {
				t.Errorf("%s: %s\n%s", c.ID, r.Why, r.Raw)
			}
			if told := model.asked[0].Tools[0].Code != nil; told == strings {
				t.Errorf("%s: in strings %v, and the model is told of a program %v", c.ID, strings, told)
			}
			if i > 2 && strings {
				break
			}
		}
	}
	r, err := Cases(list, Options{})[0].Run(t.Context(), &solver{program: "for ;"})
	if err != nil || r.OK || r.Scores["failed"] != 1 || r.Scores["broken"] != 1 {
		t.Errorf("a program that is none: %+v, %v", r, err)
	}
}

func skipWithout(t *testing.T, err error) {
	t.Helper()
	var missing *sandbox.MissingError
	if errors.As(err, &missing) || err != nil && strings.Contains(err.Error(), "no usable Python") {
		t.Skipf("this machine cannot: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
}
