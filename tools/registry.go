package tools

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/qwen-agent/qwen-agent/internal/suggest"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

// Env is what the tools of one run share. A factory that needs something that is not set
// says so in its error.
type Env struct {
	Workspace   *os.Root    // the only files that tools may touch; nil if the run has none
	Interpreter Interpreter // how code that a model wrote is run

	// Notice, if it is set, tells the user of something that takes long.
	Notice func(text string)
}

// Interpreter says how sessions of code are run. The zero value is a strict sandbox with
// the limits of package interpreter.
type Interpreter struct {
	Level     sandbox.Level
	Timeout   time.Duration // of one cell; 0 is sandbox.Defaults.Wall
	Memory    int64         // bytes; 0 is sandbox.Defaults.Memory
	Python    string        // file or name of the interpreter; "" is the first that is found
	Go        string        // how Go is run: GoCompiled, or "" for interpreted
	Overwrite bool          // code may change files of the workspace that it has not made
}

// GoCompiled has cells of Go built by the machine's toolchain, for speed and all of the language.
const GoCompiled = "compiled"

// Factory opens the tools of one registered name; settings are what a task file says of
// it, nil if nothing. One name may stand for several tools.
type Factory func(env Env, settings map[string]any) ([]Tool, error)

// Registry opens tools by name. The zero value is empty and ready; it may be used by
// several goroutines.
type Registry struct {
	mu        sync.RWMutex
	factories map[string]Factory
}

// Register gives a factory a name. It panics if the name is empty or taken.
func (r *Registry) Register(name string, f Factory) {
	if name == "" || f == nil {
		panic("tools: Register: a name and a factory are needed")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.factories[name] != nil {
		panic(fmt.Sprintf("tools: Register: the name %q is taken", name))
	}
	if r.factories == nil {
		r.factories = make(map[string]Factory)
	}
	r.factories[name] = f
}

// Add registers a tool that needs no settings under its own name. It panics if the name is
// taken.
func (r *Registry) Add(t Tool) {
	name := t.Spec().Name
	r.Register(name, func(_ Env, settings map[string]any) ([]Tool, error) {
		if _, err := Settings(name, settings, struct{}{}); err != nil {
			return nil, err
		}
		return []Tool{t}, nil
	})
}

// Open opens the tools that are registered under a name.
func (r *Registry) Open(name string, settings map[string]any, env Env) ([]Tool, error) {
	r.mu.RLock()
	f := r.factories[name]
	r.mu.RUnlock()
	if f == nil {
		return nil, unknownTool(name, r.Names())
	}
	opened, err := f(env, settings)
	if err != nil {
		return nil, fmt.Errorf("open the tool %s: %w", name, err)
	}
	return opened, nil
}

// Names returns the registered names in alphabetical order.
func (r *Registry) Names() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Sorted(maps.Keys(r.factories))
}

func unknownTool(name string, names []string) error {
	if len(names) == 0 {
		return fmt.Errorf("there is no tool %q: no tool is registered", name)
	}
	return fmt.Errorf("there is no tool %q%s; the tools are: %s", name, didYouMean(name, names), strings.Join(names, ", "))
}

func didYouMean(name string, names []string) string {
	if s := suggest.Name(name, names); s != "" {
		return fmt.Sprintf(" (did you mean %q?)", s)
	}
	return ""
}

// Settings reads the settings of a tool into a struct, whose json tags are their names;
// what is not set keeps its value in defaults. A setting that the struct does not have, or
// a value of another type, is an error that names the ones that there are.
func Settings[T any](tool string, settings map[string]any, defaults T) (T, error) {
	names := settingNames(reflect.TypeFor[T]())
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		if slices.Contains(names, key) {
			continue
		}
		if len(names) == 0 {
			return defaults, fmt.Errorf("%s: unknown setting %q: %s has no settings", tool, key, tool)
		}
		return defaults, fmt.Errorf("%s: unknown setting %q%s; the settings are: %s", tool, key, didYouMean(key, names), strings.Join(names, ", "))
	}
	text, err := json.Marshal(settings)
	if err != nil {
		return defaults, fmt.Errorf("%s: the settings are not JSON: %w", tool, err)
	}
	read := defaults
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&read); err != nil {
		if e, ok := err.(*json.UnmarshalTypeError); ok {
			return defaults, fmt.Errorf("%s: setting %s is a %s, want %s", tool, e.Field, e.Value, e.Type)
		}
		return defaults, fmt.Errorf("%s: settings: %w", tool, err)
	}
	return read, nil
}

// settingNames returns the JSON names of a struct's fields, in alphabetical order.
func settingNames(t reflect.Type) []string {
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		if name := jsonName(f); name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
