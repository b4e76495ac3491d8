package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/react"
	"github.com/qwen-agent/qwen-agent/tools"
)

// TestArtefacts: each form of a report names the files that a run left.
func TestArtefacts(t *testing.T) {
	files := []tools.Artefact{{Path: "out/a.png", MediaType: "image/png", Title: "Sales\nby \x1b[31mmonth"}}
	const object = `"artefacts":[{"path":"out/a.png","media_type":"image/png","title":"Sales\nby \u001b[31mmonth"}]`
	var text, log, one, lines bytes.Buffer
	for _, c := range []struct {
		name   string
		r      reporter
		b      *bytes.Buffer
		want   string
		copies int
	}{
		{"text", &textReporter{w: &text, log: &log, root: "work"}, &log, "file: " + filepath.Join("work", "out", "a.png") + " (Sales by [31mmonth)\n", 1},
		{"json", &jsonReporter{w: &one}, &one, object, 2},       // at the call and at the end
		{"jsonl", &eventReporter{w: &lines}, &lines, object, 2}, // the same
	} {
		end := react.End{Reason: react.Answered, Artefacts: files}
		for _, e := range []react.Event{react.Step{N: 1}, react.Call{ID: "1", Name: "draw"}, react.Observation{ID: "1", Text: "drawn", Artefacts: files}, react.Answer{Text: "ok"}} {
			if err := c.r.event(e); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.r.finish(end, nil); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(c.b.String(), c.want); n != c.copies {
			t.Errorf("%s: found %d times, want %d: %q in\n%s", c.name, n, c.copies, c.want, c.b)
		}
	}
}
