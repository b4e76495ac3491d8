package react

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// A doubt is a reason not to take a turn as it is. Told so in words, small models write the same once more. So the
// turn is replaced by a call, or decoded again with the tools that would help, or with some chance.
type doubt struct {
	kind string // "" is none
	why  string

	thought  string
	call     *llm.Call // in place of the turn
	only     []string  // the tools of which it must call one
	sampling *llm.Sampling
}

// doubt returns what speaks against a turn, if the profile says so. Each kind comes once in a run, while there are tools.
func (r *run) doubt(ctx context.Context, end *llm.End) doubt {
	if !r.profile.Founded || len(r.specs) == 0 || end.Reason == llm.Length {
		return doubt{}
	}
	var d doubt
	if calls := end.Message.Calls; len(calls) > 0 {
		d = r.doubtCalls(ctx, calls)
	} else if text := strings.TrimSpace(end.Message.Text); text != "" && r.task.Schema == nil && r.task.Grammar == nil {
		d = r.doubtAnswer(text)
	}
	if r.doubted[d.kind] {
		return doubt{}
	}
	return d
}

func (r *run) doubtCalls(ctx context.Context, calls []llm.Call) doubt {
	if !r.runs(calls[0].Name) {
		return doubt{}
	}
	repeat := r.isRepeat(calls)
	if names := r.untouched(); len(names) > 0 && !r.doubted[unread] {
		if d := r.unseen(ctx); d.kind != "" { // or it guesses what the file looks like
			return d
		}
		if repeat || !opens(string(calls[0].Arguments)) {
			return reads(names[0])
		}
	}
	if repeat { // without the tool for programs, models make up figures
		return doubt{kind: "again", why: "this program ran already", sampling: warmer}
	}
	return doubt{}
}

func (r *run) doubtAnswer(text string) doubt {
	if names := r.untouched(); len(names) > 0 && !r.doubted[unread] {
		return reads(names[0])
	}
	var all, only []string
	for _, s := range r.specs {
		all = append(all, s.Name)
		if r.calculates(s.Name) {
			only = append(only, s.Name)
		}
	}
	if intention.MatchString(text) {
		return doubt{kind: "intention", why: "the answer only says what is to be done", only: all}
	}
	if only == nil {
		return doubt{}
	}
	if n := unfounded(text, r.task.Question, r.messages); n != "" && !r.doubted["source"] && r.founds() {
		return doubt{kind: "source", why: n + " is in none of the results", only: only}
	}
	kind, why := r.missing(text)
	return doubt{kind: kind, why: why, only: only}
}

// intention is how an answer begins that is none.
var intention = regexp.MustCompile(`(?i)^(?:i will|i'll|i need to|i have to|i am going to|let me|let's)\b`)

// unread is the kind of a file that the question names and no call was about.
const unread = "file"

// reads is the doubt that ends by reading a file.
func reads(name string) doubt {
	arguments, _ := json.Marshal(map[string]string{"path": name})
	return doubt{kind: unread, why: "no call was about " + name + " yet", thought: "I need to read " + name + ".", call: &llm.Call{Name: reader, Arguments: arguments}}
}

// warmer is how a program that would be the same is written anew.
var warmer = func() *llm.Sampling {
	temperature, seed := 0.8, uint64(1)
	return &llm.Sampling{Temperature: &temperature, Seed: &seed}
}()

// runs says whether a tool is for programs.
func (r *run) runs(name string) bool {
	return slices.ContainsFunc(r.specs, func(t llm.Tool) bool { return t.Name == name && t.Code != nil })
}

// calculates says whether a tool is for calculating.
func (r *run) calculates(name string) bool { return name == calculator || r.runs(name) }

const calculator = "calc"
