package engine

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/llm/qwen"
	"github.com/qwen-agent/qwen-agent/llm/sample"
)

const (
	// mostGreatest is up to how many of the greatest logits are asked for: the more, the less
	// certain a sketch of the weights is about which they are.
	mostGreatest = 40
	// fewAllowed is how many tokens a grammar allows at most where just their logits are computed.
	fewAllowed = 2048
)

var none = float32(math.Inf(-1))

// want says which logits are wanted: all, the k greatest and those of ids, or those of ids. The
// zero value wants all.
type want struct {
	scores qwen.Scores
	k      int
	ids    []int32
}

// wants returns which logits the choice of the next token depends on, most probably, with guesses
// of what follows.
func (a *answer) wants(guesses []int32) want {
	w := wanted(a.sampler, &a.seen, a.tokens, guesses)
	if a.e.options.AllLogits || a.weighing != nil && (a.weighing.turn != nil || len(a.tokens) == len(a.prompt)) {
		return want{}
	}
	if a.matcher == nil {
		return w
	}
	if len(guesses) == 0 && a.sampler.Excludes() {
		ids, ok := a.matcher.Few(a.few[:0], fewAllowed)
		a.few = ids
		if ok {
			if a.matcher.Done() {
				for id := range a.e.ends {
					a.few = append(a.few, id)
				}
			}
			return want{scores: qwen.Few, ids: a.few}
		}
	}
	if w.scores == qwen.Greatest {
		w.k += 3 // some may not be allowed
	}
	return w
}

// wanted is wants without a grammar.
func wanted(s *sample.Sampler, seen *tokenSet, history, guesses []int32) want {
	k, counts := s.Greatest()
	if k == 0 || k > mostGreatest {
		return want{}
	}
	w := want{scores: qwen.Greatest, k: k}
	if counts {
		w.k += 3 + k/8 // penalties may take some from the top
		seen.add(history[min(seen.from, len(history)):])
		seen.from = len(history)
		seen.add(guesses) // of no harm, if they do not come
		w.ids = seen.ids
	}
	return w
}

// tokenSet has the tokens of a text, each once.
type tokenSet struct {
	ids  []int32
	has  map[int32]bool
	from int // what was added of the text
}

func (s *tokenSet) add(ids []int32) {
	if s.has == nil {
		s.has = map[int32]bool{}
	}
	for _, id := range ids {
		if !s.has[id] {
			s.has[id] = true
			s.ids = append(s.ids, id)
		}
	}
}

// scores copies what of the logits i of a job is wanted, which are those of a row of the pass.
func (s *scheduler) scores(j *job, i, row int) (err error) {
	for len(j.floors) <= i {
		j.floors = append(j.floors, none)
		j.hidden = append(j.hidden, nil)
	}
	j.floors[i] = none
	if j.want.scores == qwen.All {
		return s.model.Logits(j.logits[i], row)
	}
	j.floors[i], err = s.model.Greatest(j.logits[i], row, j.want.k, j.want.ids)
	if j.want.scores == qwen.Few { // the others are not allowed
		j.floors[i] = none
	}
	if j.floors[i] > none && err == nil {
		if j.hidden[i] == nil {
			j.hidden[i] = make([]float32, s.model.Config().Hidden)
		}
		err = s.model.Hidden(j.hidden[i], row)
	}
	return err
}

// floor returns what the logits are less than that were left out of a row of the last append.
func (s *Sequence) floor(row int) float32 { return s.job.floors[row] }

// repeat is a request for all the logits of a row of which some were left out.
type repeat struct {
	logits, hidden []float32
	result         chan error // has room for one
}

// again computes all logits of a row of the last append.
func (s *Sequence) again(ctx context.Context, row int, logits []float32) error {
	r := &repeat{logits: logits, hidden: s.job.hidden[row], result: make(chan error, 1)}
	if !s.engine.scheduler.add(func() { s.engine.scheduler.repeats = append(s.engine.scheduler.repeats, r) }) {
		return ErrClosed
	}
	var err error
	select {
	case err = <-r.result:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if errors.Is(err, kernels.ErrFault) {
		err = fmt.Errorf("engine: %s: %w", s.engine.path, err)
	}
	s.failed = err
	return err
}

// Choose appends the last tokens of history, those that the sequence has not, and samples the one
// to go on with. logits, of Vocabulary() numbers, is memory to work with, as for Append.
func (s *Sequence) Choose(ctx context.Context, sampler *sample.Sampler, history []int32, logits []float32) (int32, error) {
	if len(history) < s.length {
		return 0, fmt.Errorf("engine: a history of %d tokens for a sequence of %d", len(history), s.length)
	}
	w := want{}
	if !s.engine.options.AllLogits {
		w = wanted(sampler, &s.seen, history, nil)
	}
	s.one[0] = logits
	if err := s.append(ctx, history[s.length:], 0, s.one[:], w); err != nil {
		return 0, err
	}
	id, ok, err := sampler.SampleAbove(s.floor(0), logits, history, nil, nil)
	if !ok && err == nil {
		if err = s.again(ctx, 0, logits); err == nil {
			id, err = sampler.Sample(logits, history, nil, nil)
		}
	}
	return id, err
}
