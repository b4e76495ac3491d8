package speed

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"

	"github.com/qwen-agent/qwen-agent/llm"
)

// Tasks are the example tasks that are recorded, in the order in which they run.
var Tasks = []string{"hello", "budget", "fix"}

// Recording is what a model answered to a task's requests, in order. Played again, it makes
// every engine read the same prompts and write the same number of tokens.
type Recording struct {
	Task    string           `json:"task"`
	Model   llm.Info         `json:"model"` // the planner takes its rules from it
	Answers []RecordedAnswer `json:"answers"`
}

// RecordedAnswer is one answer of a Recording.
type RecordedAnswer struct {
	Reason  llm.Reason  `json:"reason"`
	Message llm.Message `json:"message"`
	Tokens  []int32     `json:"tokens"`
}

//go:embed recordings/*.json
var recordings embed.FS

// maxRecording bounds the bytes of a recording.
const maxRecording = 1 << 24

// LoadRecording reads the recording of a task from a folder, or the one that this program
// has if dir is "".
func LoadRecording(dir, task string) (*Recording, error) {
	var data []byte
	var err error
	if dir == "" {
		data, err = recordings.ReadFile("recordings/" + task + ".json")
	} else {
		data, err = readBounded(filepath.Join(dir, task+".json"), maxRecording)
	}
	if err != nil {
		return nil, fmt.Errorf("read the recording of %s: %w", task, err)
	}
	return parseRecording(task, data)
}

func parseRecording(task string, data []byte) (*Recording, error) {
	r := &Recording{}
	if err := json.Unmarshal(data, r); err != nil {
		return nil, fmt.Errorf("read the recording of %s: %w", task, err)
	}
	if r.Task != task || len(r.Answers) == 0 {
		return nil, fmt.Errorf("read the recording of %s: found %d answers of task %q, wanted some of %q", task, len(r.Answers), r.Task, task)
	}
	for i, a := range r.Answers {
		if len(a.Tokens) == 0 {
			return nil, fmt.Errorf("read the recording of %s: answer %d has no tokens", task, i+1)
		}
	}
	return r, nil
}

// Save writes a recording where LoadRecording finds it.
func (r *Recording) Save(dir string) error {
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write the recording of %s: %w", r.Task, err)
	}
	if err := os.WriteFile(filepath.Join(dir, r.Task+".json"), append(data, '\n'), 0o644); err != nil {
		return fmt.Errorf("write the recording of %s: %w", r.Task, err)
	}
	return nil
}

// errOver says that a task asks for more answers than were recorded.
var errOver = errors.New("the recording is at its end")

// answer returns the answer to request n, from 0.
func (r *Recording) answer(n int) (*RecordedAnswer, error) {
	if n >= len(r.Answers) {
		return nil, fmt.Errorf("speed: request %d of %s: %w after %d: record the tasks anew", n+1, r.Task, errOver, len(r.Answers))
	}
	return &r.Answers[n], nil
}

// recorder is a model whose answers are written down.
type recorder struct {
	llm.Model
	recording *Recording
}

func (m *recorder) Generate(ctx context.Context, r *llm.Request) iter.Seq2[llm.Chunk, error] {
	return func(yield func(llm.Chunk, error) bool) {
		for c, err := range m.Model.Generate(ctx, r) {
			if c.End != nil {
				m.recording.Answers = append(m.recording.Answers, RecordedAnswer{c.End.Reason, c.End.Message, c.End.Tokens})
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

// Record lets a model work on the task of a folder and returns what it answered.
func Record(ctx context.Context, m llm.Model, examples, task string) (*Recording, error) {
	r := &Recording{Task: task, Model: m.Info()}
	if err := work(ctx, &recorder{m, r}, examples, task); err != nil {
		return nil, err
	}
	return r, nil
}
