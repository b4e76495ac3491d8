// Package tools has what an agent can do: a Tool, the Registry that opens tools by name,
// and New, which makes a tool of a typed function. Each folder below is a tool.
package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/qwen-agent/qwen-agent/llm"
)

// Tool is something that a model can call.
type Tool interface {
	// Spec says what the model is told of the tool. It is the same at every call.
	Spec() llm.Tool

	// Call runs the tool. Its result and its error are read by the model, so an error says
	// what to change. arguments is a JSON object; nil is an object without properties.
	Call(ctx context.Context, arguments json.RawMessage) (string, error)
}

// Preparer is a tool that can say, without running, what a call's arguments amount to:
// repaired, with defaults, checked. Whoever decides whether a call may run has to look at
// these, since they are what the tool will act on. Tools made by New are Preparers.
type Preparer interface {
	Tool
	Prepare(arguments json.RawMessage) (json.RawMessage, error)
}

// Changer is a tool that says whether it has an effect besides its result. After one that
// has, a call that was made before may have another result. Tools made by New are Changers.
type Changer interface {
	Tool
	Changes() bool
}

// Container is a tool that says whether its effects stay where they harm nothing: inside a
// sandbox, and in files that it has made itself. Such a tool runs without anybody being
// asked, unless a rule says otherwise. Tools made by New are Containers.
type Container interface {
	Tool
	Contained() bool
}

// Starter is a tool that keeps something from call to call in a run, such as a session with
// variables. Start makes it ready, so that what is missing is told before a model is asked;
// where nobody starts it, the first call does. Close lets go of it at the end of a run; a
// call after that begins anew. Tools made by New are Starters.
type Starter interface {
	Tool
	Start(ctx context.Context) error // ctx bounds the start alone
	Close() error
}

// New makes a tool of a function.
//
// The schema of the arguments comes from In, a struct: a property for every field, named by
// its json tag and in the order of the fields; required unless the tag says omitempty or
// omitzero, or the field is a pointer or has a default. These tags say more:
//
//	Unit string `json:"unit" jsonschema:"of the result" enum:"celsius,fahrenheit" default:"celsius"`
//	City string `json:"city" example:"Oslo"` // shown in errors about arguments
//
// A field of type json.RawMessage takes any value, as the model wrote it; with the tag
// shown:"string" the model is told of a string, and what else it writes is taken as well.
//
// Arguments are repaired where their meaning is beyond doubt ("3" for 3, "Celsius" for
// "celsius", null for an optional argument), completed with the defaults, and validated;
// only then fn runs. An error about arguments names the ones that would be right. A panic
// of fn becomes an error.
//
// A result that is a string is given to the model as it is, a Result is its text and its
// artefacts, anything else is given as JSON.
//
// New panics if name is not made of letters, digits, "_" and "-", or if In has no schema.
func New[In, Out any](name, description string, fn func(context.Context, In) (Out, error), options ...Option) Tool {
	if !validName.MatchString(name) {
		panic(fmt.Sprintf("tools: New: the name %q is not 1 to 64 letters, digits, \"_\" and \"-\"", name))
	}
	if fn == nil {
		panic(fmt.Sprintf("tools: New: %s has no function", name))
	}
	in := reflect.TypeFor[In]()
	schema, err := inputSchema(in)
	if err != nil {
		panic(fmt.Sprintf("tools: New: %s: %v", name, err))
	}
	resolved, err := schema.Resolve(&jsonschema.ResolveOptions{ValidateDefaults: true})
	if err != nil {
		panic(fmt.Sprintf("tools: New: %s: %v", name, err))
	}
	t := &tool[In, Out]{
		spec: llm.Tool{Name: name, Description: description, Parameters: promptSchema(schema)},
		args: arguments{tool: name, schema: schema, resolved: resolved},
		fn:   fn,
	}
	for _, o := range options {
		o(&t.settings)
	}
	t.spec.Code = t.code
	if c := t.code; c != nil && (schema.Properties[c.Parameter] == nil || schema.Properties[c.Parameter].Type != "string") {
		panic(fmt.Sprintf("tools: New: %s: the code parameter %q is not a string of %s", name, c.Parameter, in))
	}
	if t.normalize != nil {
		if _, ok := t.normalize.(func(*In) error); !ok {
			panic(fmt.Sprintf("tools: New: %s: Normalize takes a %T, not a func(*%s) error", name, t.normalize, in))
		}
	}
	return t
}

var validName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// Option changes a tool that New makes.
type Option func(*settings)

type settings struct {
	code      *llm.Code
	changes   bool
	contained bool
	start     func(context.Context) error
	stop      func() error
	normalize any // func(*In) error
}

// Code says that a string parameter is a program in a language ("python"), which a model
// may write as a block of lines.
func Code(language, parameter string) Option {
	return func(s *settings) { s.code = &llm.Code{Language: language, Parameter: parameter} }
}

// Changes says that the tool has an effect besides its result, such as a written file or a
// sent message. What may run without anybody being asked is decided by it, so every tool
// that has one should say so.
func Changes() Option {
	return func(s *settings) { s.changes = true }
}

// Contained says that the tool's effects stay in a sandbox and in files that it has made
// itself, so that nobody has to be asked before it runs.
func Contained() Option {
	return func(s *settings) { s.contained = true }
}

// Lifetime has start called before a run and stop at its end; see Starter. stop is called
// also if start failed or was never called.
func Lifetime(start func(context.Context) error, stop func() error) Option {
	return func(s *settings) { s.start, s.stop = start, stop }
}

// Normalize has f bring valid arguments into the one form that stands for them, such as a
// path without "./", before anybody looks at them. f may refuse them with an error.
func Normalize[In any](f func(*In) error) Option {
	return func(s *settings) { s.normalize = f }
}

type tool[In, Out any] struct {
	settings
	spec llm.Tool
	args arguments
	fn   func(context.Context, In) (Out, error)
}

func (t *tool[In, Out]) Spec() llm.Tool  { return t.spec }
func (t *tool[In, Out]) Changes() bool   { return t.changes }
func (t *tool[In, Out]) Contained() bool { return t.contained }

func (t *tool[In, Out]) Start(ctx context.Context) error {
	if t.start == nil {
		return nil
	}
	return t.start(ctx)
}

func (t *tool[In, Out]) Close() error {
	if t.stop == nil {
		return nil
	}
	return t.stop()
}

func (t *tool[In, Out]) Prepare(arguments json.RawMessage) (prepared json.RawMessage, err error) {
	defer func() {
		if p := recover(); p != nil { // of a Normalize, or of In's own UnmarshalJSON
			err = NewPanicError(t.spec.Name, p)
		}
	}()
	in, err := t.read(arguments)
	if err != nil {
		return nil, err
	}
	return marshal(in)
}

func (t *tool[In, Out]) Call(ctx context.Context, arguments json.RawMessage) (string, error) {
	result, err := t.Run(ctx, arguments)
	return result.Text, err
}

func (t *tool[In, Out]) Run(ctx context.Context, arguments json.RawMessage) (result Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = NewPanicError(t.spec.Name, p)
		}
	}()
	in, err := t.read(arguments)
	if err != nil {
		return Result{}, err
	}
	out, err := t.fn(ctx, in)
	if r, ok := any(out).(Result); ok {
		if err != nil {
			r.Text = "" // the error is what is read
		}
		return r, err
	}
	if err != nil {
		return Result{}, err
	}
	result.Text, err = render(t.spec.Name, out)
	return result, err
}

func (t *tool[In, Out]) read(arguments json.RawMessage) (In, error) {
	var in In
	value, err := t.args.read(arguments)
	if err != nil {
		return in, err
	}
	if err := convert(value, &in); err != nil {
		return in, t.args.fault(value, err.Error())
	}
	if f, ok := t.normalize.(func(*In) error); ok {
		if err := f(&in); err != nil {
			return in, err
		}
	}
	return in, nil
}
