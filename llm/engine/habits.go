package engine

import (
	"math"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// habits are what a model was measured to need where it calls tools in a format that leaves it free. The zero value
// leaves the model to itself.
type habits struct {
	call *callHabit // whether an answer is a call or words; nil leaves that to the model
	more float64    // the probability of another call from which on there is one; 0 leaves that to the model
	turn *turnHabit // whether a turn may call; nil leaves that to the model
}

// habitFormats are those in which it was measured: with one wording, these models write fences of JSON.
var habitFormats = []string{"hermes", "hermes-braces"}

// callHabit makes the probability of a call of three others (llm.Odds), by a logistic regression.
type callHabit struct {
	first, name, list, bias float64 // weights of the logits of First, Name and Several, and what is added
	second                  float64 // the logits of Several and of another call behind the first, together, from which on there is one
}

func (c *callHabit) odds(o llm.Odds) float64 {
	return 1 / (1 + math.Exp(-(c.bias + c.first*logit(o.First) + c.name*logit(o.Name) + c.list*logit(o.Several))))
}

// turnHabit makes the probability of a call in the format turn of the one that the first thought goes on with a need in
// place of knowledge (chat.TurnNeeds), by a logistic regression.
type turnHabit struct {
	first, bias float64
}

func (t *turnHabit) odds(first float64) float64 {
	return 1 / (1 + math.Exp(-(t.bias + t.first*logit(first))))
}

// goesOn says whether another call follows the first, by the probabilities of a list and of that call.
func (c *callHabit) goesOn(several, more float64) bool {
	return logit(several)+logit(more) >= c.second
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
		return habits{more: 0.5, call: &callHabit{first: 1.08, name: 0.46, list: 0.97, bias: 5.9, second: -7.3}, turn: &turnHabit{first: 3.57, bias: -9.3}}
	}
	return habits{more: 0.5, call: &callHabit{first: 4.08, name: 0.93, list: 0.74, bias: -0.7, second: -12}, turn: &turnHabit{first: 1.88, bias: -4.7}}
}
