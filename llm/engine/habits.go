package engine

import (
	"math"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// habits are what a model was measured to need where it calls tools in a format that leaves it free. The zero value
// leaves the model to itself.
type habits struct {
	call *callHabit // whether an answer is a call or words, and one call or several; nil leaves that to the model
	more float64    // the probability of another call from which on there is one; 0 leaves that to the model
}

// habitFormats are those in which it was measured: with one wording, these models write fences of JSON.
var habitFormats = []string{"hermes", "hermes-braces"}

// callHabit makes the probability of a call of two others, by a logistic regression.
type callHabit struct {
	first, name, bias float64 // weights of the logits, and what is added
	several           float64 // the probability of a list of calls, where a fence has begun, from which on there is one
}

func (c *callHabit) odds(first, name float64) float64 {
	return 1 / (1 + math.Exp(-(c.bias + c.first*logit(first) + c.name*logit(name))))
}

// logit of a probability, which is kept from the ends.
func logit(p float64) float64 {
	p = min(max(p, 1e-6), 1-1e-6)
	return math.Log(p / (1 - p))
}

// habitsOf returns the habits of a model, or of those like it. They were fitted to Qwen2.5-Coder-0.5B and 1.5B
// (docs/small-models.md); larger ones were not measured.
func habitsOf(m llm.Info) habits {
	switch {
	case !strings.HasPrefix(m.Architecture, "qwen2"), m.Parameters < 3e8, m.Parameters > 2.5e9:
		return habits{}
	case m.Parameters < 1e9:
		return habits{more: 0.5, call: &callHabit{first: 1.31, name: 0.49, bias: -3.84, several: 3.5e-4}}
	}
	return habits{more: 0.5, call: &callHabit{first: 6.67, name: 1.04, bias: -12.09, several: 3.5e-5}}
}
