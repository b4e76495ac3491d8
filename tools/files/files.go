// Package files has the tools list_files, read_file and write_file. They see the files of
// one folder, the workspace, and nothing else: paths are resolved by os.Root, so "..", an
// absolute path and a symbolic link that leads out are refused by the system itself, at the
// moment of opening.
package files

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/qwen-agent/qwen-agent/tools"
)

// Settings are what a task file may say of the tools.
type Settings struct {
	ReadOnly bool `json:"read_only"` // leave write_file out
	MaxBytes int  `json:"max_bytes"` // of a file that is shown or written; longer ones are shown in part and not written
}

// The defaults of MaxBytes: what is shown fits a result of react's default length with its
// remark, and what is written is as much as a model can write in one call.
const (
	defaultRead  = 7800
	defaultWrite = 1 << 20
)

// Open is the tools.Factory of the file tools.
func Open(env tools.Env, settings map[string]any) ([]tools.Tool, error) {
	s, err := tools.Settings("files", settings, Settings{})
	if err != nil {
		return nil, err
	}
	if s.MaxBytes < 0 {
		return nil, fmt.Errorf("files: setting max_bytes is %d, want 1 or more", s.MaxBytes)
	}
	if env.Workspace == nil {
		return nil, errors.New("files: the task has no workspace; give it one")
	}
	return New(env.Workspace, s), nil
}

// New returns the tools for the files below root, which must stay open while they are used.
func New(root *os.Root, s Settings) []tools.Tool {
	f := &folder{root: root, read: defaultRead, write: defaultWrite}
	if s.MaxBytes > 0 {
		f.read, f.write = s.MaxBytes, s.MaxBytes
	}
	list := []tools.Tool{
		tools.New("list_files", "Lists the files of the workspace with their sizes.", f.listFiles),
		tools.New("read_file", "Returns the text of a file of the workspace.", f.readFile,
			tools.Normalize(func(a *readIn) error { return f.normalize("read_file", &a.Path) })),
	}
	if s.ReadOnly {
		return list
	}
	return append(list, tools.New("write_file", "Writes a text into a file of the workspace, in place of what it had.", f.writeFile,
		tools.Changes(), tools.Normalize(func(a *writeIn) error { return f.normalize("write_file", &a.Path) })))
}

type folder struct {
	root        *os.Root
	read, write int // limits in bytes
}

type readIn struct {
	Path string `json:"path" jsonschema:"a file name, as list_files gives it" example:"notes.txt"`
}

type writeIn struct {
	Path    string `json:"path" jsonschema:"the file's name" example:"notes.txt"`
	Content string `json:"content" jsonschema:"the whole text of the file" example:"first line\nsecond line\n"`
}

func (f *folder) listFiles(ctx context.Context, _ struct{}) (string, error) {
	entries, more := f.list(ctx)
	return listing(entries, more), ctx.Err()
}
