package speed

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/qwen-agent/qwen-agent/llm/engine"
)

// severalWrite runs a job in several sequences at once and returns the tokens a second that they write in all.
// Their prompts are read before that.
func severalWrite(ctx context.Context, e *engine.Engine, j Job) (rate float64, err error) {
	seqs := make([]*engine.Sequence, j.Sequences)
	for i := range seqs {
		if seqs[i], err = e.BeginPrivate(ctx, j.Prompt+j.Write); err != nil {
			return 0, err
		}
		defer seqs[i].Close()
		if j.Prompt > 0 {
			if err := seqs[i].Append(ctx, tokens(j.Prompt, uint64(i+1), e.Vocabulary())); err != nil {
				return 0, err
			}
		}
	}
	start := time.Now()
	g, ctx := errgroup.WithContext(ctx)
	for i, seq := range seqs {
		g.Go(func() error { return write(ctx, e, seq, tokens(j.Write, uint64(i+7), e.Vocabulary()), nil) })
	}
	if err := g.Wait(); err != nil {
		return 0, err
	}
	return float64(j.Sequences*j.Write) / time.Since(start).Seconds(), nil
}

// write adds tokens one by one, each with its logits, as an answer is written. It ends early if more, which may
// be nil and is asked behind each token, says that there are to be no more.
func write(ctx context.Context, e *engine.Engine, seq *engine.Sequence, ids []int32, more func() bool) error {
	logits := make([]float32, e.Vocabulary())
	for _, id := range ids {
		if err := seq.Append(ctx, []int32{id}, logits); err != nil {
			return err
		}
		if more != nil && !more() {
			break
		}
	}
	return nil
}

// gap writes an answer while a prompt is read beside it, and returns the longest time between two tokens of
// the answer, in milliseconds.
func gap(ctx context.Context, e *engine.Engine, j Job) (longest float64, err error) {
	answer, err := e.BeginPrivate(ctx, j.Prompt)
	if err != nil {
		return 0, err
	}
	defer answer.Close()
	prompt, err := e.BeginPrivate(ctx, j.Prompt)
	if err != nil {
		return 0, err
	}
	defer prompt.Close()
	ids := tokens(j.Prompt, 7, e.Vocabulary())
	if err := write(ctx, e, answer, ids[:j.Write], nil); err != nil {
		return 0, err
	}
	g, ctx := errgroup.WithContext(ctx)
	read := make(chan struct{})
	g.Go(func() error {
		defer close(read)
		return prompt.Append(ctx, tokens(j.Prompt, 1, e.Vocabulary()), make([]float32, e.Vocabulary()))
	})
	last := time.Now()
	err = write(ctx, e, answer, ids[j.Write:], func() bool {
		now := time.Now()
		longest, last = max(longest, now.Sub(last).Seconds()*1000), now
		select {
		case <-read:
			return false
		default:
			return true
		}
	})
	return longest, errors.Join(err, g.Wait())
}
