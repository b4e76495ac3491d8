package speed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/qwen-agent/qwen-agent/agent"
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/engine"
)

// Work is what one task took.
type Work struct {
	Task    string
	Seconds float64 // wall time of the planner, the model and the tools together

	Requests int       // to the model
	Usage    llm.Usage // of all of them
}

// Replayer answers a recorded request again, in its own way, and says what it took: with a
// local engine, or with a server.
type Replayer interface {
	Replay(ctx context.Context, r *llm.Request, a *RecordedAnswer) (llm.Usage, error)
}

// player is the model of a recording: it has the replayer do the work, and says what was
// recorded.
type player struct {
	recording *Recording
	replayer  Replayer
	work      Work
}

func (p *player) Info() llm.Info { return p.recording.Model }

func (p *player) Generate(ctx context.Context, r *llm.Request) iter.Seq2[llm.Chunk, error] {
	return func(yield func(llm.Chunk, error) bool) {
		a, err := p.recording.answer(p.work.Requests)
		if err != nil {
			yield(llm.Chunk{}, err)
			return
		}
		usage, err := p.replayer.Replay(ctx, r, a)
		if err != nil {
			yield(llm.Chunk{}, fmt.Errorf("speed: request %d of %s: %w", p.work.Requests+1, p.recording.Task, err))
			return
		}
		p.work.Requests++
		p.work.Usage = p.work.Usage.Add(usage)
		yield(llm.Chunk{End: &llm.End{Reason: a.Reason, Message: a.Message, Tokens: a.Tokens, Usage: usage}}, nil)
	}
}

// Play works on the recorded task in a folder of examples: planner, prompts and tools are
// those of every run, the model's choices those of the recording.
func Play(ctx context.Context, recording *Recording, replayer Replayer, examples string) (Work, error) {
	p := &player{recording: recording, replayer: replayer, work: Work{Task: recording.Task}}
	start := time.Now()
	if err := work(ctx, p, examples, recording.Task); err != nil {
		return Work{}, err
	}
	p.work.Seconds = time.Since(start).Seconds()
	if p.work.Requests != len(recording.Answers) {
		return Work{}, fmt.Errorf("speed: %s ended after %d of %d recorded answers: record the tasks anew", recording.Task, p.work.Requests, len(recording.Answers))
	}
	return p.work, nil
}

// work runs a task to its answer.
func work(ctx context.Context, m llm.Model, examples, name string) error {
	file := filepath.Join(examples, name, "task.yaml")
	t, err := agent.Load(file)
	if err != nil {
		return fmt.Errorf("%w (the examples of the project are looked for in %s)", err, examples)
	}
	answered := false
	for e, err := range agent.Run(ctx, t, nil, m, agent.Options{}) {
		if err != nil {
			return err
		}
		answered = answered || e.Kind() == "answer"
	}
	if !answered {
		return fmt.Errorf("speed: task %s ended without an answer", name)
	}
	return nil
}

// Engine replays with a local engine.
type Engine struct{ *engine.Engine }

// Replay has the engine write the recorded tokens.
func (e Engine) Replay(ctx context.Context, r *llm.Request, a *RecordedAnswer) (usage llm.Usage, err error) {
	for c, err := range e.Engine.Replay(ctx, r, a.Tokens, a.Reason) {
		if err != nil {
			return usage, err
		}
		if c.End != nil {
			usage = c.End.Usage
		}
	}
	return usage, nil
}

// warmTokens is how long the prompt is that both sides read before the clock starts, so that
// what they do once after a start is not counted.
const warmTokens = 64

// Warm has the engine read and write a few tokens that it forgets.
func (e Engine) Warm(ctx context.Context) error {
	_, err := once(ctx, e.Engine, Job{Prompt: warmTokens, Write: 2})
	return err
}

// prompts is a replayer that only notes which tokens the engine reads for each request.
type prompts struct {
	engine *engine.Engine
	list   [][]int32
}

func (p *prompts) Replay(_ context.Context, r *llm.Request, a *RecordedAnswer) (llm.Usage, error) {
	ids, err := p.engine.PromptTokens(r)
	p.list = append(p.list, ids)
	return llm.Usage{Prompt: len(ids), Generated: len(a.Tokens)}, err
}

// Prompts returns the tokens of the prompts of a recorded task, one list for each request.
func Prompts(ctx context.Context, recording *Recording, e *engine.Engine, examples string) ([][]int32, error) {
	p := &prompts{engine: e}
	_, err := Play(ctx, recording, p, examples)
	return p.list, err
}

// readBounded reads a file of at most so many bytes.
func readBounded(path string, most int64) (data []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	data, err = io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("%s has more than %d bytes", path, most)
	}
	return data, err
}
