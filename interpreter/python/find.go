package python

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Found is a Python interpreter of the machine.
type Found struct {
	Executable     string   `json:"executable"` // as it was called; a virtual environment is known by it
	Real           string   `json:"real"`       // the file behind it
	Implementation string   `json:"implementation"`
	Version        string   `json:"version"`
	Number         [2]int   `json:"number"` // major and minor
	Prefix         string   `json:"prefix"`
	BasePrefix     string   `json:"base_prefix"`
	ExecPrefix     string   `json:"exec_prefix"`
	Path           []string `json:"path"` // sys.path
	Standard       []string `json:"standard"`
	Mapped         []string `json:"mapped"` // shared libraries that it loads itself
}

// install is what to do about a Python that is not there.
const install = "install Python 3.8 or later (python3 in the package manager, or python.org), or name one with --python"

// probeLimit is how long an interpreter may take to describe itself.
const probeLimit = 20 * time.Second

// probe describes an interpreter. It is written for any version, so that old ones can say
// which they are.
//
// The current folder is taken out of the path first: it may hold a json.py that a model
// wrote, and this runs outside of the sandbox.
const probe = `
import sys
sys.path[:] = [p for p in sys.path if p not in ('', '.')]
import os
v = sys.version_info
def listed(name):
    try:
        return sorted(set(l.split(None, 5)[5].strip() for l in open(name) if '.so' in l and '/' in l))
    except Exception:
        return []
try:
    import json, platform, sysconfig
    standard = [p for p in (sysconfig.get_path(n) for n in ('stdlib', 'platstdlib', 'purelib', 'platlib')) if p]
    implementation = platform.python_implementation()
except Exception:
    standard, implementation = [], 'Python'
    import json
mapped = listed('/proc/self/maps')
sys.stdout.write('\n' + json.dumps({'executable': sys.executable, 'real': os.path.realpath(sys.executable),
    'implementation': implementation, 'version': '.'.join(str(n) for n in v[:3]), 'number': [v[0], v[1]],
    'prefix': sys.prefix, 'base_prefix': getattr(sys, 'base_prefix', sys.prefix), 'exec_prefix': sys.exec_prefix,
    'path': [p for p in sys.path if p], 'standard': standard, 'mapped': mapped}) + '\n')
`

// Find returns the interpreter of a name or path, or for "" the first of: the virtual
// environment that is active (VIRTUAL_ENV), python3 and python in PATH.
func Find(ctx context.Context, name string) (*Found, error) {
	candidates := []string{name}
	if name == "" {
		candidates = []string{"python3", "python"}
		if active := os.Getenv("VIRTUAL_ENV"); active != "" {
			candidates = append([]string{filepath.Join(active, "bin", "python")}, candidates...)
		}
	}
	var reasons []error
	for _, c := range candidates {
		path, err := exec.LookPath(c)
		if err != nil {
			reasons = append(reasons, err)
			continue
		}
		found, err := examine(ctx, path)
		if err == nil {
			return found, nil
		}
		reasons = append(reasons, fmt.Errorf("%s: %w", path, err))
	}
	return nil, fmt.Errorf("no usable Python: %w; %s", errors.Join(reasons...), install)
}

// known remembers descriptions for as long as the program runs: starting an interpreter
// takes longer than everything else here.
var known struct {
	sync.Mutex
	of map[string]remembered
}

type remembered struct {
	found    *Found
	modified time.Time
	folder   string // pyenv's choice depends on it
}

// examine has an interpreter describe itself.
func examine(ctx context.Context, path string) (*Found, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	folder, _ := os.Getwd()
	known.Lock()
	r, ok := known.of[path]
	known.Unlock()
	if ok && r.modified.Equal(info.ModTime()) && r.folder == folder {
		return r.found, nil
	}
	found, err := describe(ctx, path)
	if err != nil {
		return nil, err
	}
	known.Lock()
	defer known.Unlock()
	if known.of == nil {
		known.of = map[string]remembered{}
	}
	known.of[path] = remembered{found, info.ModTime(), folder}
	return found, nil
}

func describe(ctx context.Context, path string) (*Found, error) {
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	// Python 2 has no -I; -E and -s are the part of it that both know.
	cmd := exec.CommandContext(ctx, path, "-E", "-s", "-c", probe)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("it does not start: %w%s", err, lastLine(stderr.String()))
	}
	var f Found
	if err := json.Unmarshal([]byte(lastOf(string(out))), &f); err != nil {
		return nil, fmt.Errorf("it does not describe itself: %w", err)
	}
	if f.Number[0] < 3 || f.Number[0] == 3 && f.Number[1] < 8 {
		return nil, fmt.Errorf("it is Python %s, wanted 3.8 or later", f.Version)
	}
	if f.Implementation != "CPython" {
		return nil, fmt.Errorf("it is %s, wanted CPython", f.Implementation)
	}
	if !filepath.IsAbs(f.Executable) || !filepath.IsAbs(f.Real) {
		return nil, fmt.Errorf("it calls itself %q, wanted an absolute path", f.Executable)
	}
	f.Executable, f.Real = filepath.Clean(f.Executable), filepath.Clean(f.Real)
	return &f, nil
}

// lastOf returns the last line: a sitecustomize may print before it.
func lastOf(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// lastLine is the last line of what a program complained, to stand after an error.
func lastLine(text string) string {
	if text = lastOf(text); text != "" {
		return ": " + text[:min(len(text), 500)]
	}
	return ""
}
