package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/llm/hub"
	"github.com/qwen-agent/qwen-agent/tools"
)

// TestExamples runs the examples with the default model, which is fetched if it is not
// here, and looks for the right figure in the answer.
func TestExamples(t *testing.T) {
	testmodel.PathOf(t, hub.Default)
	for _, c := range []struct {
		name string
		args []string
		want string // a number, however it is punctuated
	}{
		{"hello", nil, `\b785\.05\b`},
		{"budget", nil, `\b2,?330(\.0+)?\b`},
		{"budget", []string{"-i", "percent=20"}, `\b3,?728(\.0+)?\b`},
		{"fix", nil, `\b96\b`},
		{"analysis", nil, `\b4,?765\.50?\b`},
		{"gocode", nil, `\b277,?050\b`},
		{"extract", nil, `"email": "mara@lindqvist-print\.example".*"quantity": 40\b`},
		{"triage", nil, `^shipping: .{5,80}$`},
		{"triage", []string{"-i", "message=The invoice counts the desk twice."}, `^billing: .{5,80}$`},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir() // some leave files
			if err := os.CopyFS(dir, os.DirFS("../../examples/"+c.name)); err != nil {
				t.Fatal(err)
			}
			cmd := command(t.Context(), append([]string{"run", filepath.Join(dir, "task.yaml"), "--json", "--keep-prefix=false"}, c.args...)...)
			var out, log bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &log
			if err := cmd.Run(); err != nil {
				t.Fatalf("%v\n%s%s", err, log.String(), out.String())
			}
			var got struct {
				Answer, Reason string
				Artefacts      []tools.Artefact
			}
			if err := json.Unmarshal(out.Bytes(), &got); err != nil {
				t.Fatalf("%v: %s", err, out.String())
			}
			if got.Reason != "answered" || !regexp.MustCompile(c.want).MatchString(got.Answer) {
				t.Errorf("answer %q does not have %s; the run was\n%s", got.Answer, c.want, out.String())
			}
			if c.name == "analysis" && (len(got.Artefacts) != 1 || got.Artefacts[0].MediaType != "image/png") {
				t.Errorf("it left %v, wanted a picture", got.Artefacts)
			}
		})
	}
}
