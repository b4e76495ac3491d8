package compiled

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/qwen-agent/qwen-agent/interpreter/wire"
)

// buildLimit is how long a build may take. An ordinary one takes a tenth of a second; the
// cell's own limits of time and memory hold besides.
const buildLimit = 20 * time.Second

// builder makes executables of programs, inside the sandbox.
type builder struct {
	settings
	run func(ctx context.Context, cmd *exec.Cmd) error
}

// build compiles and links a program in a folder and returns the executable, or "" if
// there is nothing to run.
func (b builder) build(ctx context.Context, dir string, p *program) (string, *wire.Error) {
	limited, cancel := context.WithTimeout(ctx, buildLimit)
	defer cancel()
	_, show := p.cell.Last()
	text, err := b.compile(limited, dir, p.files(show))
	if err != nil && show && strings.Contains(text, "(no value) used as value") {
		text, err = b.compile(limited, dir, p.files(false))
	}
	if err == nil && p.runs() {
		text, err = b.tool(limited, dir, b.Link, "-importcfg", filepath.Join(b.Library, linkFile), "-s", "-w", "-o", "main", "main.a")
	}
	switch {
	case err == nil && !p.runs():
		return "", nil
	case err == nil:
		return filepath.Join(dir, "main"), nil
	case ctx.Err() != nil:
		return "", &wire.Error{Type: "Interrupted", Message: "the build was interrupted"}
	case limited.Err() != nil:
		return "", &wire.Error{Type: "BuildError", Message: fmt.Sprintf("the build took longer than %v and was stopped", buildLimit)}
	}
	return "", p.explain(text, err)
}

// compile compiles the texts to main.a.
func (b builder) compile(ctx context.Context, dir string, texts []string) (string, error) {
	arguments := []string{
		"-p", "main", "-complete", "-pack", "-lang", fmt.Sprintf("go1.%d", b.Minor), "-trimpath", dir, "-c", strconv.Itoa(toolThreads),
		"-importcfg", filepath.Join(b.Library, importsFile), "-o", "main.a",
	}
	for i, text := range texts {
		name := fmt.Sprintf("file%d.go", i)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return "", err
		}
		arguments = append(arguments, name)
	}
	return b.tool(ctx, dir, b.Compile, arguments...)
}

// maxMessages is how much of what a tool says is kept, in bytes.
const maxMessages = 64 << 10

// tool runs a tool and returns what it says.
func (b builder) tool(ctx context.Context, dir, path string, arguments ...string) (string, error) {
	cmd := exec.Command(path, arguments...)
	cmd.Dir = dir
	var said bounded
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.WaitDelay = time.Second
	err := b.run(ctx, cmd)
	return string(said), err
}

// bounded keeps the beginning of what is written to it.
type bounded []byte

func (b *bounded) Write(p []byte) (int, error) {
	*b = append(*b, p[:min(len(p), maxMessages-len(*b))]...)
	return len(p), nil
}

// message is a line in which the compiler complains: file, line, column, text.
var message = regexp.MustCompile(`^(.*?):(\d+)(?::\d+)?: (.*)$`)

var undefined = regexp.MustCompile(`^undefined: (\w+)$`)

// explain makes an error of what the compiler or the linker said.
func (p *program) explain(text string, err error) *wire.Error {
	if why := exhausted(text, err); why != "" {
		return &wire.Error{Type: "BuildError", Message: why}
	}
	text = strings.TrimRight(text, "\n")
	e := &wire.Error{Type: "CompileError"}
	lines := strings.Split(text, "\n")
	found := 0
	for i, line := range lines {
		m := message.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		advice := p.advice(m[1], m[3])
		lines[i] = strings.ReplaceAll(line, supportName+".Show", "the shown value") + advice
		if found++; found == 1 {
			e.Message = strings.TrimPrefix(lines[i], m[0][:len(m[0])-len(m[3])])
			if m[1] == p.cell.Name {
				e.Line, _ = strconv.Atoi(m[2])
			} else {
				e.Message = m[1] + ", which this cell uses: " + e.Message
			}
		}
	}
	if found == 0 {
		e.Type, e.Message = "BuildError", strings.TrimSpace(fmt.Sprintf("the build failed with %v: %s", err, lines[0]))
	}
	e.Trace = middle(strings.Join(lines, "\n"), maxTrace)
	return e
}

// advice is what to do about an undefined name that was defined once, or is where it
// cannot be seen.
func (p *program) advice(file, said string) string {
	m := undefined.FindStringSubmatch(said)
	if m == nil {
		return ""
	}
	name := m[1]
	if number, lost := p.memory.variables[name]; lost && !p.variables[name] {
		return fmt.Sprintf(" (it is a variable of cell %d: a compiled cell keeps the types, functions, constants and imports of earlier cells, "+
			"but not their variables; declare it again)", number)
	}
	if p.inBody[name] && file == p.cell.Name {
		return " (it belongs to the statements of the cell, which functions do not see: declare it with var before the first statement, or pass it to the function)"
	}
	return ""
}

// exhausted says which limit a tool has met, or "".
func exhausted(text string, err error) string {
	var exit *exec.ExitError
	switch {
	case strings.Contains(text, "out of memory") || strings.Contains(text, "cannot allocate memory"),
		errors.As(err, &exit) && exit.ExitCode() < 0:
		return "the compiler needed more memory than the cell's limit: make large arrays with make while the cell runs"
	case strings.Contains(text, "no space left on device"), strings.Contains(text, "file too large"), strings.Contains(text, "disk quota exceeded"):
		return "the program is larger than the limit of files allows: make large arrays with make while the cell runs"
	}
	if err != nil && (errors.Is(err, os.ErrPermission) || errors.Is(err, os.ErrNotExist)) {
		return "the build cannot be started: " + err.Error()
	}
	return ""
}

// maxTrace is how much of an error's trace is kept, in bytes.
const maxTrace = 8000

// middle cuts a text in the middle.
func middle(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	half := limit / 2
	return strings.ToValidUTF8(fmt.Sprintf("%s\n… %d bytes left out …\n%s", text[:half], len(text)-2*half, text[len(text)-half:]), "")
}
