package gguf

import (
	"errors"
	"fmt"
)

var (
	// ErrFormat is wrapped by every error about a file's content.
	ErrFormat = errors.New("malformed file")
	// ErrUnsupported is wrapped, together with ErrFormat, where the content may be
	// in order but is of a kind that this package does not read.
	ErrUnsupported = errors.New("unsupported file")
	// ErrMissing is wrapped, together with ErrFormat, by lookups of a key or tensor
	// that the file does not have.
	ErrMissing = errors.New("missing")
)

// Error says what is wrong with the content of a file. It wraps ErrFormat, and
// ErrUnsupported or ErrMissing where they apply.
type Error struct {
	Thing  string // such as `number of elements of key "tokenizer.ggml.tokens"`
	Offset int64  // the byte of the file where Thing stands; -1 if it has no place there
	Found  string
	Wanted string
	kind   error // ErrFormat, ErrUnsupported or ErrMissing
}

func (e *Error) Error() string {
	kind := e.kind
	if kind == ErrMissing {
		return fmt.Sprintf("gguf: %s is missing, wanted %s", e.Thing, e.Wanted)
	}
	if kind == nil {
		kind = ErrFormat
	}
	if e.Offset < 0 {
		return fmt.Sprintf("gguf: %v: %s is %s, wanted %s", kind, e.Thing, e.Found, e.Wanted)
	}
	return fmt.Sprintf("gguf: %v: %s at byte %d is %s, wanted %s", kind, e.Thing, e.Offset, e.Found, e.Wanted)
}

// Is reports whether target is one of the sentinels that apply to e.
func (e *Error) Is(target error) bool {
	return target == ErrFormat || target == e.kind
}

// quote returns name in quotes, cut so that a hostile name cannot flood a log.
func quote[T string | []byte](name T) string {
	const most = 80
	if len(name) > most {
		return fmt.Sprintf("%q…", string(name[:most]))
	}
	return fmt.Sprintf("%q", string(name))
}
