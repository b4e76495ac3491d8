// Package bfcl runs the Berkeley Function-Calling Leaderboard's single-turn categories: a
// question, some functions, and the calls that count as right.
//
// Source: Patil et al., Gorilla (ShishirPatil/gorilla, berkeley-function-call-leaderboard),
// version 4, whose data and rules this package reads; results belong to one category and
// are not the leaderboard's overall figure.
package bfcl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/qwen-agent/qwen-agent/eval"
	"github.com/qwen-agent/qwen-agent/llm"
)

// Item is one question with its answer key.
type Item struct {
	ID       string
	Messages []llm.Message
	Tools    []llm.Tool // what the model is shown: JSON Schema types, names without dots
	Want     []Want     // the calls that are right; empty where no call is
	types    map[string]function
}

// Want is one right call: for each parameter the values that count, where "" says that the
// parameter may be left out.
type Want struct {
	Name   string           `json:"name"`
	Values map[string][]any `json:"values"`
}

// function is a function as the data describes it, with Python's type names.
type function struct {
	Properties map[string]schema `json:"properties"`
	Required   []string          `json:"required"`
}

type schema struct {
	Type  string  `json:"type"`
	Items *schema `json:"items"`
}

// Categories are those that a single turn can be judged in, and that need no endpoint to be
// called. Any other file of the same shape can be loaded too.
var Categories = []string{"simple_python", "multiple", "parallel", "parallel_multiple", "irrelevance"}

// Files are the files of a category, the answers last.
func Files(dir, category string) []string {
	return []string{filepath.Join(dir, category+".jsonl"), filepath.Join(dir, category+".answers.jsonl")}
}

// Load reads DIR/CATEGORY.jsonl and, if it is there, DIR/CATEGORY.answers.jsonl. Without
// answers, as in the category irrelevance, no call is right.
func Load(dir, category string) ([]Item, error) {
	want := map[string][]Want{}
	err := eval.Lines(filepath.Join(dir, category+".answers.jsonl"), func(line []byte) error {
		var a struct {
			ID    string                        `json:"id"`
			Truth []map[string]map[string][]any `json:"ground_truth"`
		}
		if err := decode(line, &a); err != nil {
			return err
		}
		for _, calls := range a.Truth {
			for name, values := range calls {
				want[a.ID] = append(want[a.ID], Want{plain(name), values})
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	keyed := err == nil

	var items []Item
	err = eval.Lines(filepath.Join(dir, category+".jsonl"), func(line []byte) error {
		it, err := parse(line)
		if err != nil {
			return err
		}
		it.Want = want[it.ID]
		if keyed && it.Want == nil {
			return fmt.Errorf("%s has no answer in %s.answers.jsonl", it.ID, category)
		}
		items = append(items, it)
		return nil
	})
	if err == nil && len(items) == 0 {
		err = fmt.Errorf("%s.jsonl has no items", category)
	}
	return items, err
}

func parse(line []byte) (Item, error) {
	var d struct {
		ID       string `json:"id"`
		Question [][]struct{ Role, Content string }
		Function []struct {
			Name, Description string
			Parameters        json.RawMessage
		}
	}
	if err := decode(line, &d); err != nil {
		return Item{}, err
	}
	if d.ID == "" || len(d.Question) != 1 || len(d.Function) == 0 {
		return Item{}, fmt.Errorf("item %q has %d turns and %d functions, wanted one turn and a function", d.ID, len(d.Question), len(d.Function))
	}
	it := Item{ID: d.ID, types: map[string]function{}}
	for _, m := range d.Question[0] {
		it.Messages = append(it.Messages, llm.Message{Role: llm.Role(m.Role), Text: m.Content})
	}
	for _, f := range d.Function {
		var types function
		if err := json.Unmarshal(f.Parameters, &types); err != nil {
			return Item{}, fmt.Errorf("item %s: function %s: %w", d.ID, f.Name, err)
		}
		parameters, err := jsonSchema(f.Parameters)
		if err != nil {
			return Item{}, fmt.Errorf("item %s: function %s: %w", d.ID, f.Name, err)
		}
		it.types[plain(f.Name)] = types
		it.Tools = append(it.Tools, llm.Tool{Name: plain(f.Name), Description: f.Description, Parameters: parameters})
	}
	return it, nil
}

// plain replaces the dots of a name, which many chat formats do not allow.
func plain(name string) string { return strings.ReplaceAll(name, ".", "_") }

var jsonTypes = map[string]string{"dict": "object", "float": "number", "tuple": "array"}

// jsonSchema writes Python's type names as JSON Schema's and keeps the order of keys. A float is a
// number of OpenAPI's format "float". "any" has no counterpart and is left out, and so is the
// data's own keyword "optional".
func jsonSchema(parameters []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(parameters))
	d.UseNumber()
	var out bytes.Buffer
	err := rewrite(d, &out)
	return out.Bytes(), err
}

func rewrite(d *json.Decoder, out *bytes.Buffer) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	open, ok := token.(json.Delim)
	if !ok {
		return write(out, token)
	}
	out.WriteString(open.String())
	for n := 0; d.More(); {
		var key any
		if open == '{' {
			if key, err = d.Token(); err != nil {
				return err
			}
		}
		var value bytes.Buffer
		if err := rewrite(d, &value); err != nil {
			return err
		}
		if _, ok := key.(string); ok && key == "optional" && value.Bytes()[0] != '{' {
			continue // a keyword of the data's own; what is required says the same
		}
		if name := strings.Trim(value.String(), `"`); key == "type" {
			if name == "any" {
				continue
			}
			if t, ok := jsonTypes[name]; ok {
				value.Reset()
				fmt.Fprintf(&value, "%q", t)
				if name == "float" { // as the leaderboard tells models of other interfaces
					value.WriteString(`, "format": "float"`)
				}
			}
		}
		if n++; n > 1 {
			out.WriteString(", ")
		}
		if open == '{' {
			if err := write(out, key); err != nil {
				return err
			}
			out.WriteString(": ")
		}
		out.Write(value.Bytes())
	}
	closing, err := d.Token()
	if err != nil {
		return err
	}
	out.WriteString(closing.(json.Delim).String())
	return nil
}

func write(out *bytes.Buffer, token any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	if err := e.Encode(token); err != nil {
		return err
	}
	out.Truncate(out.Len() - 1) // the encoder's newline
	return nil
}

// decode keeps the spelling of numbers, since 5 and 5.0 are different types here.
func decode(line []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	return d.Decode(v)
}
