package speed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/engine"
	"github.com/qwen-agent/qwen-agent/llm/grammar"
	"github.com/qwen-agent/qwen-agent/tokenizer"
	"github.com/qwen-agent/qwen-agent/tokenizer/vocab"
)

const examples = "../../examples"

// checker is a replayer that holds an answer against what the planner asks for.
type checker struct{ tokenizer *tokenizer.Tokenizer }

func (c checker) Replay(_ context.Context, r *llm.Request, a *RecordedAnswer) (u llm.Usage, err error) {
	if text := c.tokenizer.Decode(a.Tokens); text != a.Message.Raw {
		return u, fmt.Errorf("the tokens are %q, the message %q", text, a.Message.Raw)
	}
	spec := grammar.TurnSpec{Tools: r.Tools, Answer: true, Schema: r.Schema}
	if r.Choice != nil {
		return u, errors.New("the planner narrows the choice, which these recordings do not expect")
	}
	g, err := grammar.Turn(spec)
	if err != nil {
		return u, err
	}
	m := g.Matcher(grammar.NewVocabulary(nil))
	if err := m.AcceptBytes([]byte(a.Message.Raw)); err != nil || !m.Ended() {
		return u, fmt.Errorf("the grammar does not allow %q (%v)", a.Message.Raw, err)
	}
	return llm.Usage{Generated: len(a.Tokens)}, nil
}

// TestRecordings: the recordings fit the examples, the planner and the grammar as they are.
func TestRecordings(t *testing.T) {
	tok, err := tokenizer.New(vocab.Qwen25())
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range Tasks {
		r, err := LoadRecording("", task)
		if err != nil {
			t.Fatal(err)
		}
		w, err := Play(t.Context(), r, checker{tok}, examples)
		if err != nil {
			t.Errorf("%v (see recordings/README.md)", err)
			continue
		}
		if w.Requests < 2 || w.Usage.Generated < 50 {
			t.Errorf("%s: %d requests with %d tokens: the recording has no step", task, w.Requests, w.Usage.Generated)
		}
	}
}

// tinyExamples writes tasks that a tiny model can answer, since it has no choice.
func tinyExamples(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, task := range Tasks {
		text := "version: 1\nformat: hermes\nprompt: the thing of " + task + "\noutput: {schema: {enum: [\"the thought\", \"the answer\"]}}\n"
		if err := os.Mkdir(filepath.Join(dir, task), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, task, "task.yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func tinyEngine(t *testing.T) *engine.Engine {
	t.Helper()
	e, err := engine.Open(t.Context(), testmodel.Write(t, testmodel.Shape{Context: 2048}), engine.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// TestRecordAndPlay: what is recorded can be saved, read and played by the engine.
func TestRecordAndPlay(t *testing.T) {
	dir, e, saved := tinyExamples(t), tinyEngine(t), t.TempDir()
	for _, task := range Tasks {
		r, err := Record(t.Context(), e, dir, task)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Save(saved); err != nil {
			t.Fatal(err)
		}
		again, err := LoadRecording(saved, task)
		if err != nil || !reflect.DeepEqual(again, r) {
			t.Fatalf("%v: read %+v, wrote %+v", err, again, r)
		}
		prompts, err := Prompts(t.Context(), r, e, dir)
		if err != nil || len(prompts) != 1 {
			t.Fatalf("%d prompts, %v", len(prompts), err)
		}
		local := Engine{e}
		if err := local.Warm(t.Context()); err != nil {
			t.Fatal(err)
		}
		w, err := Play(t.Context(), again, local, dir)
		if err != nil {
			t.Fatal(err)
		}
		if w.Task != task || w.Requests != 1 || !(w.Seconds > 0) || w.Usage.Generated != len(r.Answers[0].Tokens) || w.Usage.Prompt != len(prompts[0]) {
			t.Errorf("%+v", w)
		}
	}
}

// TestPlayRefuses: a recording of another task, or of a planner with other rules, is an error.
func TestPlayRefuses(t *testing.T) {
	dir, e := tinyExamples(t), tinyEngine(t)
	r, err := Record(t.Context(), e, dir, "hello")
	if err != nil {
		t.Fatal(err)
	}
	long := *r
	long.Answers = append(append([]RecordedAnswer{}, r.Answers...), r.Answers...)
	short := *r
	short.Answers = []RecordedAnswer{{Reason: llm.Stop, Message: llm.Message{Text: "no"}, Tokens: r.Answers[0].Tokens}}
	wrong := *r
	wrong.Answers = []RecordedAnswer{{Reason: llm.Stop, Message: r.Answers[0].Message, Tokens: []int32{1, 2}}}
	for want, r := range map[string]*Recording{"ended after 1 of 2": &long, "at its end": &short, "request 1 of hello": &wrong} {
		if _, err := Play(t.Context(), r, Engine{e}, dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if _, err := Play(t.Context(), r, Engine{e}, t.TempDir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without examples: %v", err)
	}
}

func TestLoadRecordingRefuses(t *testing.T) {
	dir := t.TempDir()
	for want, text := range map[string]string{
		"found 0 answers": `{"task":"hello","answers":[]}`,
		`task "other"`:    `{"task":"other","answers":[{"tokens":[1]}]}`,
		"no tokens":       `{"task":"hello","answers":[{"tokens":[1]},{}]}`,
		"unexpected end":  `{`,
		"more than":       strings.Repeat(" ", maxRecording+1),
	} {
		if err := os.WriteFile(filepath.Join(dir, "hello.json"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadRecording(dir, "hello"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if _, err := LoadRecording("", "nothing"); err == nil {
		t.Error("a recording that there is not is let through")
	}
}

func FuzzRecording(f *testing.F) {
	for _, task := range Tasks {
		data, err := recordings.ReadFile("recordings/" + task + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := parseRecording("hello", data)
		if err != nil {
			return
		}
		for i := range len(r.Answers) + 1 {
			if _, err := r.answer(i); (err == nil) != (i < len(r.Answers)) {
				t.Fatalf("answer %d of %d: %v", i, len(r.Answers), err)
			}
		}
	})
}
