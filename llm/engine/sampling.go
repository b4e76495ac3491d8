package engine

import (
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/sample"
)

// The sampling that the makers of Qwen2.5 recommend, for the fields that a request which
// samples leaves open. Source: the model cards of Qwen2.5-Instruct, generation_config.json.
const (
	defaultTemperature = 0.7
	defaultTopK        = 20
	defaultTopP        = 0.8
	defaultRepetition  = 1.05
)

// sampling returns the sampler's options for a request.
func sampling(s *llm.Sampling) sample.Options {
	if s == nil || *s == (llm.Sampling{}) {
		return sample.Options{}
	}
	return sample.Options{
		Temperature: or(s.Temperature, defaultTemperature),
		TopK:        or(s.TopK, defaultTopK),
		TopP:        or(s.TopP, defaultTopP),
		MinP:        or(s.MinP, 0),
		Repetition:  or(s.Repetition, defaultRepetition),
		Presence:    or(s.Presence, 0),
		Frequency:   or(s.Frequency, 0),
		Seed:        or(s.Seed, 0),
	}
}

func or[T any](p *T, absent T) T {
	if p == nil {
		return absent
	}
	return *p
}
