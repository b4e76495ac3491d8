package tools

import (
	"context"
	"encoding/json"
)

// Artefact is a file that a call left for the user: a chart, a table, a report. It is in the
// workspace of the run.
type Artefact struct {
	Path      string `json:"path"`            // in the workspace, with slashes
	MediaType string `json:"media_type"`      // such as "image/png"
	Title     string `json:"title,omitempty"` // what it shows, in a few words
}

// Result is what came of a call: a text that the model reads, and the files that the call
// left for the user. The text names these, since a model sees nothing else.
type Result struct {
	Text      string
	Artefacts []Artefact
}

// Runner is a tool whose calls may leave artefacts. A Result counts also where there is an
// error: a program that fails at its end may have drawn something before. Tools made by New
// are Runners, and one whose function returns a Result hands on its artefacts.
type Runner interface {
	Tool
	Run(ctx context.Context, arguments json.RawMessage) (Result, error)
}

// Run calls a tool and returns what came of it, with the artefacts if it is a Runner.
func Run(ctx context.Context, t Tool, arguments json.RawMessage) (Result, error) {
	if r, ok := t.(Runner); ok {
		return r.Run(ctx, arguments)
	}
	text, err := t.Call(ctx, arguments)
	return Result{Text: text}, err
}
