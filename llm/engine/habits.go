package engine

import (
	"math"
	"os"
	"strconv"

	"github.com/qwen-agent/qwen-agent/llm"
)

// habits are what a model was measured to need where it calls tools in a format that leaves it free. The zero value
// leaves the model to itself.
type habits struct {
	call *callHabit // whether an answer is a call or words; nil leaves that to the model
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

func habitsOf(m llm.Info) habits {
	f, _ := strconv.ParseFloat(os.Getenv("QWEN_MORE"), 64)
	if m.Parameters > 1e9 {
		return habits{more: f, call: &callHabit{13.574, 1.839, -21.358, 3.4e-5}}
	}
	return habits{more: f, call: &callHabit{1.96, 0.551, -4.833, 5e-4}}
}
