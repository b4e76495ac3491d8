// Package hfagent runs the benchmark of the Hugging Face agent: the model is told of fourteen
// tools as Python functions, explains which of them it will use, and writes a few lines of code.
// In run mode each of 27 tasks stands alone; in chat mode 24 dialogues have 47 steps, and
// variables stay from step to step.
//
// Source: huggingface/transformers (Apache-2.0), releases 4.29 to 4.40,
// src/transformers/tools/evaluate_agent.py, whose tasks, descriptions of tools and scoring these
// are. The tools are stand-ins that say what they were asked.
package hfagent

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

//go:embed tasks.json
var tasksJSON []byte

//go:embed interpreter.py
var interpreterPython string

// set is tasks.json.
type set struct {
	Tools []struct{ Name, Description string }
	Run   []problem
	Chat  [][]problem // dialogues, of steps
}

// problem is a task in several wordings.
type problem struct {
	Tasks   []string
	Inputs  map[string]string // variables that there are, with their values
	Answers []string          // programs; each result is right
}

func load() (s set, err error) {
	if err := json.Unmarshal(tasksJSON, &s); err != nil {
		return s, fmt.Errorf("hfagent: tasks.json: %w", err)
	}
	return s, nil
}

// Scores of one step, each from 0 to 1.
type Scores struct {
	Selection float64 // the tools named in the explanation are the right ones
	Used      float64 // the tools in the code are
	Code      float64 // its result is right; never below 0.3
}

// toolScore compares two sets of tools: a quarter is taken off for each that is missing, and
// for each that is too many.
func toolScore(got, want map[string]bool) float64 {
	score := 1.0
	for name := range want {
		if !got[name] {
			score -= 0.25
		}
	}
	for name := range got {
		if !want[name] {
			score -= 0.25
		}
	}
	return max(0, score)
}

// named returns the tools whose names, between quote and quote, are part of a text.
func (s *set) named(text, quote string) map[string]bool {
	names := map[string]bool{}
	for _, t := range s.Tools {
		if strings.Contains(text, quote+t.Name+quote) {
			names[t.Name] = true
		}
	}
	return names
}

// outcome is what interpreter.py says of a program.
type outcome struct {
	Value  *string  `json:"value"` // its result, if that is a text
	Values []string `json:"values"`
	Other  string   `json:"other"`
	Error  string   `json:"error"`
}

func (o outcome) String() string {
	switch {
	case o.Error != "":
		return "error: " + o.Error
	case o.Value != nil:
		return *o.Value
	}
	return o.Other
}

// score judges one step. want are the results of the right programs.
func (s *set) score(explanation, code string, got outcome, want []outcome, answers []string) Scores {
	right := 0 // the answer whose tools count: the one that came out, else the first
	result := Scores{Code: 0.3}
	for i, w := range want {
		if w.Value == nil {
			continue
		}
		if got.Value != nil && *got.Value == *w.Value {
			right, result.Code = i, 1
			break
		}
		for _, v := range got.Values {
			if v == *w.Value && result.Code < 0.75 {
				right, result.Code = i, 0.75
			}
		}
	}
	tools := s.named(answers[right], "")
	result.Selection = toolScore(s.named(explanation, "`"), tools)
	result.Used = toolScore(s.named(code, ""), tools)
	return result
}

// block is code between fences.
var block = regexp.MustCompile("(?s)```(?:python|py)?[ \t]*\n(.*?)(?:```|$)")

// split takes the explanation and the code out of an answer: the first block is the code and
// what stands before it explains. In run mode code may also follow "Answer:" without a fence.
func split(answer string, run bool) (explanation, code string) {
	if at := block.FindStringSubmatchIndex(answer); at != nil {
		return strings.TrimSpace(answer[:at[0]]), strings.TrimSpace(answer[at[2]:at[3]])
	}
	if run {
		if before, after, ok := strings.Cut(answer, "Answer:"); ok {
			return strings.TrimSpace(before), strings.TrimSpace(after)
		}
	}
	return strings.TrimSpace(answer), ""
}
