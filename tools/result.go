package tools

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
)

// PanicError is what a panic in a tool becomes.
type PanicError struct {
	Tool  string
	Value any
	Stack []byte // where it happened, for a log; not for the model
}

// NewPanicError returns the error of a panic that was just recovered.
func NewPanicError(tool string, value any) *PanicError {
	return &PanicError{Tool: tool, Value: value, Stack: debug.Stack()}
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("%s: the tool itself broke: %v; try other arguments or go on without it", e.Tool, e.Value)
}

// Unwrap returns the value of the panic if that is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// render writes a result for a model to read.
func render(tool string, out any) (string, error) {
	switch v := out.(type) {
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	case json.RawMessage:
		return string(v), nil
	case struct{}:
		return "", nil
	}
	text, err := marshal(out)
	if err != nil {
		return "", fmt.Errorf("%s: cannot write the result: %w", tool, err)
	}
	return string(text), nil
}

// marshal is json.Marshal that leaves <, > and & as they are.
func marshal(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// convert writes a decoded JSON value into a Go value.
func convert(value any, into any) error {
	text, err := marshal(value)
	if err != nil {
		return err
	}
	err = json.Unmarshal(text, into)
	var e *json.UnmarshalTypeError
	if errors.As(err, &e) { // the types were checked, so it is the size
		return fmt.Errorf("%q is out of range: it cannot be the %s", e.Field, e.Value)
	}
	return err
}
