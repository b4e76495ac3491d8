package agent

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

const (
	maxFile  = 1 << 20 // bytes of a task file
	maxDepth = 32      // of its nesting; an output schema is what goes deepest
)

// Load reads a task file. An error of its content is a *FileError.
func Load(path string) (*Task, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the task file: %w", err)
	}
	defer f.Close()
	if fi, err := f.Stat(); err == nil && fi.IsDir() {
		return nil, fmt.Errorf("open the task file: %s is a folder, wanted a file such as %s", path, filepath.Join(path, "task.yaml"))
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read the task file: %w", err)
	}
	return Parse(path, data)
}

// Parse reads the content of a task file. path names the file in errors, and its folder
// is the one that the workspace is relative to. Every error is a *FileError.
func Parse(path string, data []byte) (*Task, error) {
	t := &Task{file: path, dir: filepath.Dir(path)}
	d := &decoder{}
	if p := badText(data); p != nil {
		return nil, newFileError(path, []Problem{*p})
	}
	root, p := document(data)
	if p != nil {
		return nil, newFileError(path, []Problem{*p})
	}
	d.task(root, t)
	if err := newFileError(path, d.problems); err != nil {
		return nil, err
	}
	return t, nil
}

// badText finds what no task file may contain, before a parser sees it: more bytes than
// the limit, bytes that are not UTF-8, control characters.
func badText(data []byte) *Problem {
	if len(data) > maxFile {
		return &Problem{Message: fmt.Sprintf("the file has more than %d bytes", maxFile)}
	}
	line, column := 1, 1
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			return &Problem{line, column, fmt.Sprintf("byte 0x%02x is not UTF-8", data[i])}
		case r < ' ' && r != '\n' && r != '\r' && r != '\t', r == 0x7f:
			return &Problem{line, column, fmt.Sprintf("control character %U", r)}
		}
		if i, column = i+n, column+1; r == '\n' {
			line, column = line+1, 1
		}
	}
	return nil
}

// document parses YAML into the one document's root node.
func document(data []byte) (*yaml.Node, *Problem) {
	l, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		return nil, &Problem{Message: err.Error()}
	}
	var doc, second yaml.Node
	switch err := l.Load(&doc); {
	case errors.Is(err, io.EOF), err == nil && len(doc.Content) == 0:
		return nil, &Problem{1, 1, "the file is empty; wanted a task, such as\nversion: 1\nprompt: How much is 17.5% of 2340?\ntools: [calc]"}
	case err != nil:
		return nil, yamlProblem(err)
	}
	switch err := l.Load(&second); {
	case err == nil:
		return nil, &Problem{second.Line, second.Column, "a second document starts here; wanted one task a file"}
	case !errors.Is(err, io.EOF):
		return nil, yamlProblem(err)
	}
	return doc.Content[0], nil
}

// yamlProblem takes the place out of the parser's error.
func yamlProblem(err error) *Problem {
	var e *yaml.LoadError
	if !errors.As(err, &e) {
		return &Problem{Message: "not YAML: " + err.Error()}
	}
	p := &Problem{Line: e.Mark.Line, Column: e.Mark.Column, Message: "not YAML: " + e.Message}
	if e.ContextMsg != "" {
		p.Message += " " + e.ContextMsg
		if e.ContextMark.Line > 0 && e.ContextMark.Line != e.Mark.Line {
			p.Message += fmt.Sprintf(" that starts on line %d", e.ContextMark.Line)
		}
	}
	if strings.Contains(e.Message, "cannot start any token") {
		p.Message += "; if it is a tab, indent with spaces"
	}
	return p
}
