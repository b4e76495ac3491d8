package speed

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/qwen-agent/qwen-agent/llm"
)

// Guessing is how a text was written without and with guesses.
type Guessing struct {
	Set  string `json:"set"`
	Name string `json:"name"`

	Tokens   int     `json:"tokens"`           // of the answer
	Guessed  int     `json:"guessed"`          // tokens computed ahead
	Accepted int     `json:"accepted"`         // of these, how many came
	Plain    float64 `json:"plain_seconds"`    // of writing, the median of the runs
	Seconds  float64 `json:"guessing_seconds"` // the same with guesses
	Ratio    float64 `json:"ratio"`            // how much faster
}

// CompareGuessing writes every text with both models in turn, once to warm up and then reps
// times, and yields a row for each. Answers that differ in one byte are an error. With fresh,
// every run's prompt begins with its number, so that nothing of it is in a cache: a draft
// model has to read it too.
func CompareGuessing(ctx context.Context, plain, guessing llm.Model, texts []Text, reps int, fresh bool) iter.Seq2[Guessing, error] {
	return func(yield func(Guessing, error) bool) {
		for _, t := range texts {
			row, err := compareText(ctx, plain, guessing, t, reps, fresh)
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func compareText(ctx context.Context, plain, guessing llm.Model, t Text, reps int, fresh bool) (Guessing, error) {
	row := Guessing{Set: t.Set, Name: t.Name}
	var seconds [2][]float64
	for rep := range 1 + reps {
		r := t.Request
		if fresh {
			r = numbered(r, rep)
		}
		var ends [2]llm.End
		order := [2]int{rep % 2, 1 - rep%2} // neither is always the one that comes first
		for _, side := range order {
			end, err := answer(ctx, [2]llm.Model{plain, guessing}[side], r)
			if err != nil {
				return row, fmt.Errorf("speed: %s: %w", t.Name, err)
			}
			ends[side] = end
			if rep > 0 {
				seconds[side] = append(seconds[side], end.Usage.Decode.Seconds())
			}
		}
		if a, b := ends[0], ends[1]; a.Message.Raw != b.Message.Raw || a.Reason != b.Reason || a.Usage.Generated != b.Usage.Generated {
			return row, fmt.Errorf("speed: %s: with guesses the answer is %q (%s), without %q (%s)", t.Name, b.Message.Raw, b.Reason, a.Message.Raw, a.Reason)
		}
		u := ends[1].Usage
		row.Tokens, row.Guessed, row.Accepted = u.Generated, u.Guessed, u.Accepted
	}
	row.Plain, row.Seconds = Median(seconds[0]), Median(seconds[1])
	row.Ratio = row.Plain / row.Seconds
	return row, nil
}

// numbered returns a request whose first message begins with a number.
func numbered(r *llm.Request, n int) *llm.Request {
	copied := *r
	copied.Messages = slices.Clone(r.Messages)
	copied.Messages[0].Text = fmt.Sprintf("(%d) ", n) + copied.Messages[0].Text
	return &copied
}

// answer reads an answer to its end.
func answer(ctx context.Context, m llm.Model, r *llm.Request) (end llm.End, err error) {
	for c, err := range m.Generate(ctx, r) {
		if err != nil {
			return end, err
		}
		if c.End != nil {
			end = *c.End
		}
	}
	if end.Usage.Decode <= 0 {
		end.Usage.Decode = time.Nanosecond // of an answer that needed no pass of its own
	}
	return end, nil
}

// Totals returns the sum of each set that there are rows of, and of the sets that have
// something to copy. Their ratio is that of the tokens a second of all.
func Totals(rows []Guessing) []Guessing {
	var sums []Guessing
	for _, set := range append(slices.Clone(Sets), SetTasks+"+"+SetEdits) {
		sum := Guessing{Set: set, Name: "all"}
		for _, r := range rows {
			if r.Set == set || set == SetTasks+"+"+SetEdits && (r.Set == SetTasks || r.Set == SetEdits) {
				sum.Tokens += r.Tokens
				sum.Guessed += r.Guessed
				sum.Accepted += r.Accepted
				sum.Plain += r.Plain
				sum.Seconds += r.Seconds
			}
		}
		if sum.Seconds > 0 {
			sum.Ratio = sum.Plain / sum.Seconds
			sums = append(sums, sum)
		}
	}
	return sums
}
