package agent

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
)

const (
	maxPrompt    = 1 << 20 // bytes of a prompt with its inputs filled in
	maxFormatted = 1 << 16 // bytes that one printf may write or take
)

// promptFuncs are the functions a prompt may call. The others of text/template make text
// for web pages, or, called on their own results, text of any length.
var promptFuncs = []string{"and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "len", "index", "slice", "printf"}

// parsePrompt parses a prompt and refuses what it has no use for: inputs are single
// values, so there is nothing to range over, and a file is one template.
func parsePrompt(text string) (*template.Template, error) {
	t, err := template.New("prompt").Option("missingkey=error").Funcs(template.FuncMap{"printf": printf}).Parse(text)
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "template: "))
	}
	if len(t.Templates()) > 1 {
		return nil, errors.New("it defines templates, wanted one text")
	}
	if t.Tree == nil || t.Root == nil {
		return nil, errors.New("it is blank")
	}
	if err := checkNode(t.Root); err != nil {
		return nil, err
	}
	return t, nil
}

// checkPrompt reports whether a prompt parses and names inputs that there are, so that a
// wrong name is found before a run. Whether functions suit the values shows when it is filled in.
func checkPrompt(text string, inputs []Input) error {
	t, err := parsePrompt(text)
	if err != nil {
		return err
	}
	known := make([]string, len(inputs))
	for i := range inputs {
		known[i] = inputs[i].Name
	}
	return checkFields(t.Root, known)
}

// render fills the inputs in.
func (t *Task) render(values map[string]any) (string, error) {
	tmpl, err := parsePrompt(t.Prompt)
	if err != nil {
		return "", fmt.Errorf("prompt: %w", err)
	}
	w := &limitedBuffer{most: maxPrompt}
	if err := tmpl.Execute(w, values); err != nil {
		return "", fmt.Errorf("prompt: %s", strings.TrimPrefix(err.Error(), "template: "))
	}
	if s := w.String(); strings.TrimSpace(s) != "" {
		return s, nil
	}
	return "", errors.New("prompt: with these inputs it is blank")
}

// children returns the parts of a template's node.
func children(n parse.Node) []parse.Node {
	var out []parse.Node
	list := func(l *parse.ListNode) {
		if l != nil {
			out = append(out, l.Nodes...)
		}
	}
	branch := func(b *parse.BranchNode) {
		out = append(out, b.Pipe)
		list(b.List)
		list(b.ElseList)
	}
	switch n := n.(type) {
	case *parse.ListNode:
		list(n)
	case *parse.ActionNode:
		out = append(out, n.Pipe)
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			out = append(out, c)
		}
	case *parse.CommandNode:
		out = append(out, n.Args...)
	case *parse.ChainNode:
		out = append(out, n.Node)
	}
	return out
}

func checkNode(n parse.Node) error {
	switch n := n.(type) {
	case *parse.RangeNode, *parse.BreakNode, *parse.ContinueNode:
		return errors.New("range has nothing to go over: inputs are single values")
	case *parse.TemplateNode:
		return errors.New("it calls a template, wanted one text")
	case *parse.IdentifierNode:
		if !slices.Contains(promptFuncs, n.Ident) {
			return fmt.Errorf("no function %s in a prompt%s", quote(n.Ident), didYouMean(n.Ident, promptFuncs))
		}
	}
	for _, c := range children(n) {
		if err := checkNode(c); err != nil {
			return err
		}
	}
	return nil
}

// checkFields finds inputs that the task does not have. Inside {{with}} the dot is an
// input's value, which has no fields, so every .name there is wrong as well and running
// the template says so.
func checkFields(n parse.Node, known []string) error {
	var path []string
	switch n := n.(type) {
	case *parse.FieldNode:
		path = n.Ident
	case *parse.VariableNode:
		if n.Ident[0] == "$" {
			path = n.Ident[1:]
		}
	}
	switch {
	case len(path) > 0 && !slices.Contains(known, path[0]):
		return fmt.Errorf("the task has no input %s%s", quote(path[0]), didYouMean(path[0], known))
	case len(path) > 1:
		return fmt.Errorf("input %s is a single value, it has no %s", path[0], quote(path[1]))
	}
	for _, c := range children(n) {
		if err := checkFields(c, known); err != nil {
			return err
		}
	}
	return nil
}

// wideVerb is a width, precision or argument number that fmt would follow to a million.
var wideVerb = regexp.MustCompile(`[0-9]{4}|%[^a-zA-Z%]*\*`)

// printf is fmt.Sprintf within bounds.
func printf(format string, args ...any) (string, error) {
	n := 0
	for _, a := range args {
		if s, ok := a.(string); ok {
			n += len(s)
		}
	}
	if len(format) > 200 || wideVerb.MatchString(format) || n > maxFormatted {
		return "", fmt.Errorf("printf %s: wanted a format of at most 200 bytes, widths below 1000 and arguments of at most %d bytes", quote(format), maxFormatted)
	}
	if s := fmt.Sprintf(format, args...); len(s) <= maxFormatted {
		return s, nil
	}
	return "", fmt.Errorf("printf %s: its result has more than %d bytes", quote(format), maxFormatted)
}

// limitedBuffer is a buffer that refuses to grow beyond a number of bytes.
type limitedBuffer struct {
	bytes.Buffer
	most int
}

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.most {
		return 0, fmt.Errorf("it has more than %d bytes with its inputs filled in", b.most)
	}
	return b.Buffer.Write(p)
}
