package eval_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-agent/qwen-agent/eval"
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/llmtest"
)

var settings = eval.Settings{Benchmark: "sums", Model: "script", Options: map[string]string{"format": "turn"}, Data: "abc"}

// sums are n questions of which every third is answered wrongly. asked counts them.
func sums(n int, asked *[]string) []eval.Case {
	var cases []eval.Case
	for i := range n {
		id := fmt.Sprintf("sum_%d", i)
		cases = append(cases, eval.Case{ID: id, Group: fmt.Sprintf("g%d", i%2), Run: func(context.Context, llm.Model) (eval.Result, error) {
			*asked = append(*asked, id)
			return eval.Result{OK: i%3 != 0, Got: i, Want: i, Prompt: 10, Generated: 2}, nil
		}})
	}
	return cases
}

func ids(results []eval.Result) (list []string) {
	for _, r := range results {
		list = append(list, r.ID)
	}
	return list
}

func TestRunAndResume(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.jsonl")
	var asked []string
	cases := sums(7, &asked)

	file, err := eval.Create(path, settings)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	results, err := eval.Run(ctx, nil, cases, eval.Options{Results: file, Progress: func(p eval.Progress) {
		if p.Done == 3 {
			cancel() // as Ctrl-C does
		}
	}})
	if !errors.Is(err, context.Canceled) || len(results) != 3 {
		t.Fatalf("%d results and %v, wanted 3 and that it was cancelled", len(results), err)
	}
	file.Close()
	torn, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(torn, `{"id":"sum_3","ok":true,"go`)
	torn.Close()

	if s, read, err := eval.Read(path); err != nil || len(read) != 3 || !cmp.Equal(s, settings) {
		t.Fatalf("read %v, %d results, %v", s, len(read), err)
	}
	for name, other := range map[string]eval.Settings{
		`format was "turn" and is "hermes"`: {Benchmark: "sums", Model: "script", Options: map[string]string{"format": "hermes"}, Data: "abc"},
		`model was "script" and is "other"`: {Benchmark: "sums", Model: "other", Options: settings.Options, Data: "abc"},
		`questions was "abc" and is "abd"`:  {Benchmark: "sums", Model: "script", Options: settings.Options, Data: "abd"},
	} {
		if _, err := eval.Resume(path, other); !errors.Is(err, eval.ErrSettings) || !strings.Contains(err.Error(), name) {
			t.Errorf("resumed with other settings: %v, wanted %s", err, name)
		}
	}
	if _, err := eval.Create(path, settings); err == nil {
		t.Error("results are overwritten")
	}

	asked = nil
	file, err = eval.Resume(path, settings)
	if err != nil {
		t.Fatal(err)
	}
	var first, last eval.Progress
	results, err = eval.Run(t.Context(), nil, cases, eval.Options{Results: file, Progress: func(p eval.Progress) {
		if p.Last == nil {
			first = p
		}
		last = p
	}})
	if err != nil || !slices.Equal(ids(results), []string{"sum_0", "sum_1", "sum_2", "sum_3", "sum_4", "sum_5", "sum_6"}) {
		t.Errorf("%v, %v", ids(results), err)
	}
	if want := []string{"sum_3", "sum_4", "sum_5", "sum_6"}; !slices.Equal(asked, want) {
		t.Errorf("asked %v, wanted %v", asked, want)
	}
	if first.Done != 3 || first.Began != 3 || last.Done != 7 || last.Right != 4 || last.Total != 7 || last.Left() != 0 {
		t.Errorf("progress from %+v to %+v", first, last)
	}
	file.Close()
	_, read, err := eval.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(asJSON(t, results), asJSON(t, read)); diff != "" {
		t.Error("the file has other results (-run +file):\n" + diff)
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestParallelKeepsTheOrder(t *testing.T) {
	waiting := make(chan struct{})
	var cases []eval.Case
	for i := range 2 {
		cases = append(cases, eval.Case{ID: fmt.Sprint(i), Run: func(ctx context.Context, _ llm.Model) (eval.Result, error) {
			if i == 0 { // can only end while the other one runs
				select {
				case <-waiting:
				case <-ctx.Done():
				}
			} else {
				close(waiting)
			}
			return eval.Result{OK: true}, nil
		}})
	}
	results, err := eval.Run(t.Context(), nil, cases, eval.Options{Parallel: 2})
	if err != nil || !slices.Equal(ids(results), []string{"0", "1"}) {
		t.Errorf("%v, %v", ids(results), err)
	}
}

// TestErrors: a question that cannot be answered is wrong; a model that is broken ends the
// run, and what it broke at is asked again.
func TestErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.jsonl")
	failing := map[string]bool{"1": true, "3": true, "4": true, "5": true}
	var cases []eval.Case
	for i := range 7 {
		id := fmt.Sprint(i)
		cases = append(cases, eval.Case{ID: id, Run: func(context.Context, llm.Model) (eval.Result, error) {
			if failing[id] {
				return eval.Result{}, errors.New("it is broken")
			}
			return eval.Result{OK: true}, nil
		}})
	}
	file, err := eval.Create(path, settings)
	if err != nil {
		t.Fatal(err)
	}
	results, err := eval.Run(t.Context(), nil, cases, eval.Options{Results: file})
	if err == nil || !strings.Contains(err.Error(), "case 5") || !strings.Contains(err.Error(), "it is broken") {
		t.Errorf("the error is %v", err)
	}
	if !slices.Equal(ids(results), []string{"0", "1", "2"}) || results[1].OK || results[1].Error == "" {
		t.Errorf("%+v", results)
	}
	file.Close()
	failing = map[string]bool{}
	if file, err = eval.Resume(path, settings); err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	results, err = eval.Run(t.Context(), nil, cases, eval.Options{Results: file})
	if err != nil || len(results) != 7 || results[1].OK || !results[4].OK {
		t.Errorf("%+v, %v", results, err)
	}

	failing = map[string]bool{"0": true}
	if _, err := eval.Run(t.Context(), nil, cases[:1], eval.Options{}); err == nil {
		t.Error("nothing could be answered, and that is no error")
	}
	failing = map[string]bool{"6": true}
	if results, err := eval.Run(t.Context(), nil, cases, eval.Options{}); err != nil || len(results) != 7 || results[6].Error == "" {
		t.Errorf("%+v, %v", results, err)
	}
	if _, err := eval.Run(t.Context(), nil, []eval.Case{cases[0], cases[0]}, eval.Options{}); err == nil {
		t.Error("two cases of one name are let through")
	}
}

func TestAsk(t *testing.T) {
	end, err := eval.Ask(t.Context(), llmtest.New(llmtest.Turn{Text: "four"}), &llm.Request{})
	if err != nil || end.Message.Text != "four" {
		t.Errorf("%+v, %v", end, err)
	}
	if _, err := eval.Ask(t.Context(), llmtest.New(), &llm.Request{}); err == nil {
		t.Error("a model that fails answers")
	}
}

func TestReadRefuses(t *testing.T) {
	const first = `{"settings":{"benchmark":"b","model":"m"}}` + "\n"
	for name, c := range map[string]struct{ text, want string }{
		"empty":         {"", "no results in it"},
		"something":     {"{}\n", ":1: no results of eval"},
		"not JSON":      {first + "{\"id\":\"a\"}\nnonsense\n{\"id\":\"b\"}\n", ":3: invalid character"},
		"twice":         {first + "{\"id\":\"a\"}\n{\"id\":\"a\"}\n", ":3: a second result of a"},
		"without an id": {first + "{}\n", ":2: a result without an id"},
		"settings torn": {strings.TrimSpace(first), "no results in it"},
	} {
		path := filepath.Join(t.TempDir(), "r.jsonl")
		if err := os.WriteFile(path, []byte(c.text), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, _, err := eval.Read(path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, wanted %s", name, err, c.want)
		}
	}
	if _, err := eval.ReadAll(filepath.Join(t.TempDir(), "missing")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"settings":{"benchmark":"b","model":"m"}}` + "\n{\"id\":\"a\",\"ok\":true}\n{\"id\":\"b\",\"scores\":{\"x\":1}}\n{"))
	f.Add([]byte("\n\n"))
	path := filepath.Join(f.TempDir(), "r.jsonl")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		s, list, err := eval.Read(path)
		if err != nil {
			return
		}
		// What can be read can be resumed, and is the same then.
		file, err := eval.Resume(path, s)
		if err != nil {
			t.Fatal(err)
		}
		if err := file.Append(eval.Result{ID: "one more than all", OK: true}); err != nil {
			t.Fatal(err)
		}
		file.Close()
		_, again, err := eval.Read(path)
		if err != nil || len(again) != len(list)+1 || asJSON(t, again[:len(list)]) != asJSON(t, append([]eval.Result{}, list...)) {
			t.Fatalf("%d results became %d: %v", len(list), len(again), err)
		}
	})
}
