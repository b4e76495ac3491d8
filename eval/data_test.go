package eval_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/eval"
)

// TestLines has a file of data that is broken in line 37, and others that cannot be read.
func TestLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.jsonl")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	read := func() error {
		n = 0
		return eval.Lines(path, func(line []byte) error {
			n++
			return json.Unmarshal(line, new(map[string]any))
		})
	}
	if err := read(); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("a file that is missing: %v", err)
	}
	good := strings.Repeat("{\"a\": 1}\n\n", 18) // 36 lines, every second one is empty
	write(good + `{"a": ` + "\n" + good)
	if err := read(); err == nil || !strings.HasPrefix(err.Error(), path+":37: ") || n != 19 {
		t.Errorf("broken in line 37: %v after %d lines", err, n)
	}
	write(good + strings.Repeat("x", 17<<20) + "\n")
	if err := read(); err == nil || !strings.HasPrefix(err.Error(), path+":37: ") {
		t.Errorf("a line of 17 MB: %v", err)
	}
	write(good + `{"a": 1}`)
	if err := read(); err != nil || n != 19 {
		t.Errorf("no line break at the end: %v after %d lines", err, n)
	}
}

// TestChartTooWide has more bars than a picture is made for.
func TestChartTooWide(t *testing.T) {
	var list []eval.Summary
	for i := range 600 {
		list = append(list, eval.Summary{Group: fmt.Sprint(i), N: 2, Right: 1})
	}
	if err := eval.Chart(io.Discard, list); err == nil || !strings.Contains(err.Error(), "600 groups of 1 models are 600 bars, want at most 500") {
		t.Error(err)
	}
}
