package speed

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
)

const script = "../../scripts/bench-vs-llamacpp.sh"

// bash runs the script and returns what it prints to stdout and to stderr.
func bash(t *testing.T, args ...string) (out, log string, err error) {
	t.Helper()
	for _, name := range []string{script, "../../scripts/llamacpp_speed.py"} { // so that a cached result is one of these files
		if _, err := os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	var o, l bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "bash", append([]string{script}, args...)...)
	cmd.Stdout, cmd.Stderr = &o, &l
	err = cmd.Run()
	return o.String(), l.String(), err
}

func TestScriptUsage(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip(err)
	}
	if out, log, err := bash(t, "--help"); err != nil || !strings.Contains(out, "--rounds N") {
		t.Errorf("%v: %s%s", err, out, log)
	}
	for want, args := range map[string][]string{
		"found --quik, wanted an option": {"--quik"},
		"--out has no value":             {"--out"},
		"--rounds is x":                  {"--rounds", "x"},
		"--only has spead":               {"--only", "spead"},
		"rows of an earlier run":         {"--out", "testdata", "--venv", t.TempDir()},
	} {
		if _, log, err := bash(t, args...); err == nil || !strings.Contains(log, want) {
			t.Errorf("%v: %v: %s, want %q", args, err, log, want)
		}
	}
}

// TestScript runs the script whole, with a tiny model, and with a peer that computes nothing.
func TestScript(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program, which -short leaves out")
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip(err)
	}
	here, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	venv, out := t.TempDir(), filepath.Join(t.TempDir(), "rows")
	for name, text := range map[string]string{
		"python":               "#!/bin/sh\nPYTHONDONTWRITEBYTECODE=1 PYTHONPATH='" + here + "' exec '" + python + "' \"$@\"\n",
		"llama-server":         "#!/bin/sh\nexit 1\n",
		"llama-server.version": "0.3.36\n",
	} {
		if err := os.MkdirAll(filepath.Join(venv, "bin"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(venv, "bin", name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	model := testmodel.Write(t, testmodel.Shape{Context: 8192})
	table, log, err := bash(t, "--venv", venv, "--out", out, "--models", model, "--rounds", "3", "--only", "speed")
	if err != nil {
		t.Fatalf("%v: %s%s", err, table, log)
	}
	if saved, err := os.ReadFile(filepath.Join(out, "table.md")); err != nil || string(saved) != table {
		t.Errorf("%v: saved %q, printed %q", err, saved, table)
	}
	if !regexp.MustCompile(`pp128 \| pp512 \| pp2048 \| tg64 \| tg64@512 \| tg64@4096 \| peak RSS \|`).MatchString(table) || !strings.Contains(table, "CPU : STUB = 1") {
		t.Errorf("the table is\n%s", table)
	}
	rows := open(t, filepath.Join(out, "speed.jsonl"))
	if len(rows) != 6 {
		t.Fatalf("%d rows", len(rows))
	}
	want := []string{"load_s", "peak_rss_mb", "pp128", "pp2048", "pp512", "tg64", "tg64@4096", "tg64@512"}
	for i, r := range rows {
		if (r.Peer == Ours) != (i%2 == 0) || r.Threads != 2 {
			t.Errorf("row %d is of %q with %d threads", i, r.Peer, r.Threads)
		}
		if got := slices.Sorted(maps.Keys(r.Values)); !slices.Equal(got, want) {
			t.Errorf("row %d of %s has %v, want %v", i, r.Peer, got, want)
		}
	}
	if machine, err := os.ReadFile(filepath.Join(out, "machine.txt")); err != nil || !slices.Contains(strings.Split(string(machine), "\n"), "peer llama-cpp-python 0.3.36") {
		t.Errorf("%v: %s", err, machine)
	}
}
