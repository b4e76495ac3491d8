package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
	"go.yaml.in/yaml/v4"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/grammar"
)

// forms are the keys of output, of which there is one.
var forms = []string{"schema", "regex", "grammar"}

func (d *decoder) output(n *yaml.Node, t *Task) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" && n.Value == "text" {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.wrong(n, "output", "text, or a mapping with a schema, a regex or a grammar")
		return
	}
	var found []string
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i].Value; slices.Contains(forms, key) && !slices.Contains(found, key) {
			found = append(found, key)
		}
	}
	switch len(found) {
	case 0:
		d.errorf(n, "output has no schema, regex or grammar: it is written as output: {schema: …}")
		return
	case 1:
	default:
		d.errorf(n, "output has %s, wanted one of them", strings.Join(found, " and "))
	}
	d.fields(n, "output", []field{
		{"schema", func(n *yaml.Node) { d.outputSchema(n, t) }},
		{"regex", d.text("output.regex", func(n *yaml.Node, s string) {
			if _, err := grammar.Regex(s); err != nil {
				d.errorf(n, "output.regex cannot be held to: %s", strings.TrimPrefix(err.Error(), "grammar: regular expression "))
			}
			t.Grammar = &llm.Grammar{Regex: s}
		})},
		{"grammar", d.text("output.grammar", func(n *yaml.Node, s string) {
			at := position{n.Line, n.Column}
			if !strings.Contains(s, "::=") {
				if err := localPath(s); err != nil {
					d.errorf(n, "output.grammar is %s: %v", quote(s), err)
				}
				t.grammarFile, t.grammarAt = s, at
				return
			}
			if err := checkGBNF(s); err != nil {
				d.errorf(n, "output.grammar: %v", err)
			}
			t.Grammar = &llm.Grammar{GBNF: s}
		})},
	})
}

func checkGBNF(rules string) error {
	if _, err := grammar.GBNF(rules); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "grammar: gbnf: "))
	}
	return nil
}

func (d *decoder) outputSchema(n *yaml.Node, t *Task) {
	raw, ok := d.json(n, "output.schema")
	if !ok {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.wrong(n, "output.schema", "a JSON Schema")
		return
	}
	if err := checkOutput(raw); err != nil {
		d.errorf(n, "output.schema is no JSON Schema: %v", err)
		return
	}
	if _, err := grammar.Schema(raw); err != nil {
		d.errorf(n, "output.schema cannot be held to: %s", strings.TrimPrefix(err.Error(), "grammar: schema: "))
		return
	}
	t.Output = raw
}

// form returns the grammar of the answer, nil if it has none. Rules in a file are read through the task file's
// folder, so that no link leads out of that.
func (t *Task) form() (*llm.Grammar, error) {
	if t.grammarFile == "" {
		return t.Grammar, nil
	}
	text, err := t.readBelow(t.grammarFile)
	if err == nil {
		err = checkGBNF(text)
	}
	if err != nil {
		return nil, fmt.Errorf("output.grammar: the file %s: %w", filepath.Join(t.dir, t.grammarFile), err)
	}
	return &llm.Grammar{GBNF: text}, nil
}

// readBelow reads a file below the task file's folder, of as many bytes as that may have.
func (t *Task) readBelow(name string) (string, error) {
	dir, err := os.OpenRoot(t.dir)
	if err != nil {
		return "", err
	}
	defer dir.Close()
	name = filepath.Clean(name)
	var pe *fs.PathError
	switch info, err := dir.Stat(name); {
	case errors.Is(err, fs.ErrNotExist):
		return "", errors.New("there is no such file; correct the name, or write the rules out: root ::= …")
	case errors.As(err, &pe):
		return "", pe.Err
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", errors.New("it is no regular file")
	}
	f, err := dir.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("it has more than %d bytes", maxFile)
	}
	return string(data), err
}

var schemaTypes = []string{"string", "integer", "number", "boolean", "object", "array", "null"}

// checkOutput reports why raw is not a JSON Schema that an answer can be held against. It
// has to need no other document: a task file names no file or address to read one from.
func checkOutput(raw json.RawMessage) error {
	var s jsonschema.Schema
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("%s", strings.Replace(err.Error(), "schemaWithoutMethods.", "", 1))
	}
	if err := checkTypes(&s); err != nil {
		return err
	}
	_, err := s.Resolve(nil)
	return err
}

// checkTypes finds types that do not exist, which Resolve lets pass and no answer could
// satisfy.
func checkTypes(s *jsonschema.Schema) error {
	if s == nil {
		return nil
	}
	for _, typ := range append(slices.Clone(s.Types), s.Type) {
		if typ != "" && !slices.Contains(schemaTypes, typ) {
			return fmt.Errorf("there is no type %s%s", quote(typ), didYouMean(typ, schemaTypes))
		}
	}
	below := []*jsonschema.Schema{s.Items, s.AdditionalItems, s.Contains, s.UnevaluatedItems, s.AdditionalProperties,
		s.PropertyNames, s.UnevaluatedProperties, s.Not, s.If, s.Then, s.Else, s.ContentSchema}
	for _, list := range [][]*jsonschema.Schema{s.PrefixItems, s.ItemsArray, s.AllOf, s.AnyOf, s.OneOf} {
		below = append(below, list...)
	}
	for _, named := range []map[string]*jsonschema.Schema{s.Properties, s.PatternProperties, s.Defs, s.Definitions, s.DependentSchemas, s.DependencySchemas} {
		for _, name := range sortedKeys(named) {
			below = append(below, named[name])
		}
	}
	for _, b := range below {
		if err := checkTypes(b); err != nil {
			return err
		}
	}
	return nil
}
