package golang

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/interpreter/wire"
)

// capture runs f and returns what it writes to stdout.
func capture(t testing.TB, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out := make(chan string)
	go func() {
		text, _ := io.ReadAll(r)
		out <- string(text)
	}()
	old := os.Stdout
	os.Stdout = w
	defer func() { os.Stdout = old }()
	f()
	w.Close()
	return <-out
}

// TestPrograms runs whole programs and compares what they print with what the toolchain's
// programs print: testdata/programs/NAME.out, which UPDATE=1 makes anew with `go run`.
func TestPrograms(t *testing.T) {
	files, err := filepath.Glob("testdata/programs/*.go")
	if more := os.Getenv("PROGRAMS"); more != "" {
		files, err = filepath.Glob(more)
	}
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".go"), func(t *testing.T) {
			golden := strings.TrimSuffix(file, ".go") + ".out"
			if os.Getenv("UPDATE") != "" {
				text, err := exec.Command("go", "run", file).Output()
				if err != nil {
					t.Logf("go run: %v", err)
				}
				if err := os.WriteFile(golden, text, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var reply wire.Reply
			got := capture(t, func() { reply = newSession().do(1, string(source)) })
			if reply.Error != nil {
				got += fmt.Sprintf("%s: %s (line %d)\n%s\n", reply.Error.Type, reply.Error.Message, reply.Error.Line, reply.Error.Trace)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
