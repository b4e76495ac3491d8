// Package tasks has an agent work on task files whose right answers are known: numbers,
// words, or what files have to look like afterwards.
package tasks

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	yaml "go.yaml.in/yaml/v4"

	"github.com/qwen-agent/qwen-agent/agent"
	"github.com/qwen-agent/qwen-agent/eval"
)

// Task is a task file with what counts as right.
type Task struct {
	Name string
	File *agent.Task
	Dir  string // where the file is; its workspace is below
	Want Want
}

// expected is the file that says what counts as right for each task file beside it.
const expected = "expected.yaml"

// maxExpected is far more than it takes.
const maxExpected = 4 << 20

// Sets are the tasks that come with this package: those that may be tuned on (main, and more, which once might not), those that
// may not (fresh), those that a short program answers, and those that need no tool.
var Sets = map[string]string{
	"main": "testdata/agent", "more": "testdata/agent/more", "fresh": "testdata/agent/fresh", "code": "testdata/agent/code", "known": "testdata/agent/known",
}

// Unpack writes one of Sets into a folder.
func Unpack(set, dir string) error {
	sub, err := fs.Sub(eval.AgentTasks, Sets[set])
	if err != nil {
		return err
	}
	return os.CopyFS(dir, sub)
}

// Load reads the tasks of a folder: expected.yaml, and beside it NAME.yaml for each name in it.
func Load(dir string) ([]Task, error) {
	path := filepath.Join(dir, expected)
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxExpected {
		return nil, fmt.Errorf("%s: %d bytes, wanted at most %d", path, info.Size(), maxExpected)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var doc yaml.Node // a mapping, whose order is kept
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode || len(doc.Content[0].Content) == 0 {
		return nil, fmt.Errorf("%s: wanted a mapping from the names of tasks to what is right", path)
	}
	var list []Task
	for pairs := doc.Content[0].Content; len(pairs) > 0; pairs = pairs[2:] {
		t := Task{Name: pairs[0].Value, Dir: dir}
		at := fmt.Sprintf("%s:%d: task %s", path, pairs[0].Line, t.Name)
		if t.Want, err = readWant(pairs[1]); err != nil {
			return nil, fmt.Errorf("%s: %w", at, err)
		}
		file := filepath.Join(dir, t.Name+".yaml")
		if !filepath.IsLocal(t.Name + ".yaml") {
			return nil, fmt.Errorf("%s: wanted the name of a file in the same folder", at)
		}
		if t.File, err = agent.Load(file); err != nil {
			return nil, fmt.Errorf("%s: %w", at, err)
		}
		list = append(list, t)
	}
	return list, nil
}

func readWant(node *yaml.Node) (w Want, err error) {
	data, err := yaml.Marshal(node)
	if err != nil {
		return w, err
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&w); err != nil {
		return w, err
	}
	return w, w.check()
}
