package golang

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/qwen-agent/qwen-agent/interpreter/wire"
)

// Small programs, one or a few constructs of the language each, stand in archives:
// NAME.go, and NAME.out with what comes of it. That is what it prints and then how it ends,
// unless it just ends: "panic: …", "exit status 3", or "line 4: …" of a compile error.

// small is one of the programs.
type small struct {
	archive, name string
	source, want  string
}

// refused is the archive of programs that interpreted Go does not take. Their outcome is
// ours; the others' is the toolchain's.
const refused = "refused"

func smallPrograms(t testing.TB) (programs []small) {
	t.Helper()
	files, err := filepath.Glob("testdata/small/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		outcomes := map[string]string{}
		for _, f := range archive.Files {
			outcomes[f.Name] = string(f.Data)
		}
		for _, f := range archive.Files {
			if name, ok := strings.CutSuffix(f.Name, ".go"); ok {
				programs = append(programs, small{strings.TrimSuffix(filepath.Base(file), ".txt"), name, string(f.Data), outcomes[name+".out"]})
			}
		}
	}
	return programs
}

// TestSmall runs the programs.
func TestSmall(t *testing.T) {
	for _, p := range smallPrograms(t) {
		t.Run(p.archive+"/"+p.name, func(t *testing.T) {
			got := interpreted(t, p.source)
			if p.archive == refused && os.Getenv("UPDATE") != "" {
				record(t, p, got)
			} else if got != p.want { // UPDATE=1 and TestSmallToolchain record what is wanted
				t.Errorf("got\n%s\nwant\n%s", got, p.want)
			}
		})
	}
}

// TestSmallToolchain holds the outcomes against the toolchain, where there is one.
func TestSmallToolchain(t *testing.T) {
	if testing.Short() {
		t.Skip("builds all of the programs")
	}
	command, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no Go toolchain")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module small\n\ngo 1.26\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, p := range smallPrograms(t) {
		if p.archive == refused {
			continue
		}
		t.Run(p.archive+"/"+p.name, func(t *testing.T) {
			got := built(t, command, dir, p)
			if os.Getenv("UPDATE") != "" {
				record(t, p, got)
			} else if got != p.want {
				t.Errorf("the toolchain's program gives\n%s\nthe archive says\n%s", got, p.want)
			}
		})
	}
}

// interpreted is the outcome of a program in a session of its own.
func interpreted(t testing.TB, source string) string {
	var reply wire.Reply
	out := capture(t, func() { reply = newSession().do(1, source) })
	e := reply.Error
	if e == nil {
		return ended(out, "")
	}
	switch e.Type {
	case "CompileError", "SyntaxError":
		return ended(out, fmt.Sprintf("line %d: %s", e.Line, e.Message))
	case "ExitError":
		return ended(out, strings.TrimPrefix(e.Message, "the program ended with "))
	}
	return ended(out, e.Type+": "+e.Message)
}

var (
	compileError = regexp.MustCompile(`(?m)^\S*main\.go:(\d+):\d+: (.*)$`)
	afterPanic   = regexp.MustCompile(`\n+(\[signal |goroutine )[\s\S]*`)
)

// built is the outcome of the program that the toolchain makes.
func built(t *testing.T, command, dir string, p small) string {
	folder := filepath.Join(dir, p.name)
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "main.go"), []byte(p.source), 0o644); err != nil {
		t.Fatal(err)
	}
	build := exec.Command(command, "build", "-o", filepath.Join(folder, "main"), "./"+p.name)
	build.Dir = dir
	if text, err := build.CombinedOutput(); err != nil {
		m := compileError.FindSubmatch(text)
		if m == nil {
			t.Fatalf("go build: %v\n%s", err, text)
		}
		return ended("", fmt.Sprintf("line %s: %s", m[1], m[2]))
	}
	run := exec.Command(filepath.Join(folder, "main"))
	var out, err bytes.Buffer
	run.Stdout, run.Stderr = &out, &err
	if run.Run() == nil {
		return ended(out.String(), "")
	}
	if end := afterPanic.ReplaceAllString(err.String(), ""); end != "" {
		return ended(out.String(), end)
	}
	return ended(out.String(), run.ProcessState.String())
}

// ended is an outcome as it stands in an archive.
func ended(out, end string) string {
	if out != "" && !strings.HasSuffix(out, "\n") {
		out += "\n"
	}
	if end != "" || out == "" {
		out += strings.TrimSpace(end) + "\n"
	}
	return out
}

// record writes an outcome to its archive, behind the program.
func record(t *testing.T, p small, outcome string) {
	file := "testdata/small/" + p.archive + ".txt"
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var files []txtar.File
	for _, f := range archive.Files {
		if f.Name == p.name+".out" {
			continue
		}
		if files = append(files, f); f.Name == p.name+".go" {
			files = append(files, txtar.File{Name: p.name + ".out", Data: []byte(outcome)})
		}
	}
	archive.Files = files
	if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}
