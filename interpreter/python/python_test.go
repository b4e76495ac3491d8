package python

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qwen-agent/qwen-agent/interpreter"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

// open opens a session, or skips with the reason why this machine has none.
func open(t *testing.T, o interpreter.Options) *interpreter.Session {
	t.Helper()
	if o.Language == nil {
		o.Language = Language{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s, err := interpreter.Open(ctx, o)
	var missing *sandbox.MissingError
	if errors.As(err, &missing) || errors.Is(err, exec.ErrNotFound) {
		t.Skipf("this machine cannot: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func run(t *testing.T, s *interpreter.Session, code string) interpreter.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := s.Run(ctx, code)
	if err != nil {
		t.Fatalf("%s: %v", code, err)
	}
	return r
}

func TestValues(t *testing.T) {
	s := open(t, interpreter.Options{})
	for _, test := range []struct{ name, code, value string }{
		{"expression", "import math; math.sqrt(2)", "1.4142135623730951"},
		{"statement", "x = 41", ""},
		{"state", "x + 1", "42"},
		{"last", "_", "42"},
		{"none", "None", ""},
		{"semicolon", "x;", ""},
		{"text", "'a\\nb'", `'a\nb'`},
		{"function", "def f(n):\n    return n * x\nf(2)", "82"},
		{"top-level await", "import asyncio\nawait asyncio.sleep(0.001, 'slept')", "'slept'"},
		{"await in a loop", "t = 0\nasync def one(): return 1\nfor i in range(3):\n    t += await one()\nt", "3"},
		{"pickle of what a cell defined", "import pickle\nclass P: pass\ntype(pickle.loads(pickle.dumps(P()))).__name__", "'P'"},
		{"dataclass", "from dataclasses import dataclass\n@dataclass\nclass D:\n    a: int\nD(1)", "D(a=1)"},
		{"name", "__name__", "'__main__'"},
		{"nothing of ours", "sorted(n for n in dir() if not n.startswith('_'))[:3]", "['D', 'P', 'asyncio']"},
		{"sys.exit is only the cell's end", "import sys; sys.exit()", ""},
		{"comment", "# nothing", ""},
	} {
		if r := run(t, s, test.code); r.Error != nil || r.Value != test.value {
			t.Errorf("%s: value %q, want %q; error %+v", test.name, r.Value, test.value, r.Error)
		}
	}
}

func TestLargeValues(t *testing.T) {
	s := open(t, interpreter.Options{})
	for _, code := range []string{
		"'x' * 10**8", "list(range(10**6))", "{i: str(i) for i in range(10**5)}", "10**50000", "b'x' * 10**7", "[['y' * 1000] * 1000] * 1000",
		"class Long:\n    def __repr__(self): return 'z' * 10**7\nLong()",
	} {
		r := run(t, s, code)
		if r.Error != nil || !r.ValueCut || len(r.Value) > 12000 || len(r.Value) < 80 {
			t.Errorf("%s: %d bytes, cut %v, error %+v", code, len(r.Value), r.ValueCut, r.Error)
		}
	}
	r := run(t, s, "class Bad:\n    def __repr__(self): raise ValueError('no')\nBad()")
	if r.Error != nil || r.Value != "<Bad whose repr() raised ValueError: no>" {
		t.Errorf("a repr that raises: %q, %+v", r.Value, r.Error)
	}
	r = run(t, s, "l = []; l.append(l); l")
	if r.Error != nil || r.Value == "" {
		t.Errorf("a list in itself: %q, %+v", r.Value, r.Error)
	}
}

func TestErrors(t *testing.T) {
	s := open(t, interpreter.Options{})
	for _, test := range []struct {
		name, code, kind, message string
		line                      int
	}{
		{"division", "x = 1\nx / 0", "ZeroDivisionError", "division by zero", 2},
		{"name", "\n\nnope", "NameError", "'nope' is not defined", 3},
		{"syntax", "x = 1\ndef f(:\n  pass", "SyntaxError", "invalid syntax", 2},
		{"in a function", "def g():\n    raise KeyError('k')\n\ng()", "KeyError", "'k'", 2},
		{"in a library", "import json\njson.loads('{')", "JSONDecodeError", "Expecting", 2},
		{"input", "input('name? ')", "RuntimeError", "nobody can answer", 1},
		{"stdin", "import sys\nsys.stdin.read()", "RuntimeError", "nobody can answer", 2},
		{"exit", "import sys\nsys.exit(3)", "SystemExit", "ends only the cell", 2},
		{"recursion", "def r(): return r()\nr()", "RecursionError", "recursion", 1},
		{"memory", "bytearray(10**10)", "MemoryError", "", 1},
	} {
		r := run(t, s, test.code)
		if r.Error == nil || r.Error.Type != test.kind || !strings.Contains(r.Error.Message, test.message) || r.Error.Line != test.line || r.Ended {
			t.Errorf("%s: %+v", test.name, r.Error)
		} else if strings.Contains(r.Error.Trace, "evaluate(part)") {
			t.Errorf("%s: the trace shows the driver: %s", test.name, r.Error.Trace)
		}
	}
	if r := run(t, s, "x"); r.Value != "1" {
		t.Errorf("after errors x is %q", r.Value)
	}
}

func TestOutput(t *testing.T) {
	s := open(t, interpreter.Options{})
	r := run(t, s, "import sys, os\nprint('one')\nos.write(1, b'two\\n')\nprint('three', file=sys.stderr)\nprint('é', end='')")
	if r.Stdout != "one\ntwo\né" || r.Stderr != "three\n" {
		t.Errorf("stdout %q, stderr %q", r.Stdout, r.Stderr)
	}
}

func TestStops(t *testing.T) {
	s := open(t, interpreter.Options{Limits: sandbox.Limits{Wall: 300 * time.Millisecond}, Grace: 300 * time.Millisecond})
	run(t, s, "kept = 1")
	for _, code := range []string{"while True: pass", "import time; time.sleep(60)", "import threading; threading.Event().wait()"} {
		if r := run(t, s, code); r.Stopped != interpreter.WallTime || r.Ended || r.Error.Type != "Timeout" {
			t.Errorf("%s: %+v, %+v", code, r, r.Error)
		}
	}
	if r := run(t, s, "kept"); r.Value != "1" {
		t.Errorf("after timeouts: %q, %+v", r.Value, r.Error)
	}
	// A loop in C, and one that listens to nothing.
	for _, code := range []string{"sum(range(10**14))", "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(60)"} {
		if r := run(t, s, code); r.Stopped != interpreter.WallTime || !r.Ended {
			t.Errorf("%s: %+v, %+v", code, r, r.Error)
		}
		if r := run(t, s, "1"); !strings.Contains(r.Notice, "are gone") {
			t.Errorf("after %s: %q", code, r.Notice)
		}
	}
}

func TestEnds(t *testing.T) {
	s := open(t, interpreter.Options{})
	for _, test := range []struct{ code, want string }{
		{"import os; os._exit(7)", "status 7"},
		{"import ctypes; ctypes.string_at(0)", "signal 11"},
		{"import os; os.close(4)", "the interpreter"},
		{"import os; os.write(4, b'\\xff' * 8)", "no reply"},
	} {
		r := run(t, s, test.code)
		if r.Error == nil || !r.Ended || !strings.Contains(r.Error.Message, test.want) {
			t.Errorf("%s: %+v", test.code, r.Error)
		}
	}
	if r := run(t, s, "import os\nif os.fork() == 0: x = 1\n'parent'"); r.Error != nil || r.Value != "'parent'" {
		t.Errorf("a fork: %+v, %+v", r, r.Error)
	}
	if r := run(t, s, "2"); r.Value != "2" || r.Notice != "" {
		t.Errorf("after a fork: %+v", r)
	}
}

// TestSharedMemory has processes that share what one of them made: it counts once. What
// they make for themselves counts for each.
func TestSharedMemory(t *testing.T) {
	for _, without := range [][]sandbox.Layer{nil, {sandbox.Cgroup}} {
		s := open(t, interpreter.Options{Without: without, Limits: sandbox.Limits{Memory: 256 << 20}})
		r := run(t, s, `import os, time
data = b'x' * (80 << 20)
for i in range(6):
    if os.fork() == 0:
        time.sleep(0.5)
        os._exit(0)
for i in range(6):
    os.wait()
len(data)`)
		if r.Error != nil || r.Value != "83886080" {
			t.Errorf("without %v: six that share: %q, %+v", without, r.Value, r.Error)
		}
		r = run(t, s, `for i in range(6):
    if os.fork() == 0:
        own = b'y' * (100 << 20)
        time.sleep(3)
        os._exit(0)
time.sleep(3)`)
		// A cgroup kills one process after another, the watch all of them.
		if r.Stopped != interpreter.Memory && !strings.Contains(r.Notice, "limit of 256 MB of memory") {
			t.Errorf("without %v: six that do not: stopped %q, notice %q, %+v", without, r.Stopped, r.Notice, r.Error)
		}
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	script := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, test := range []struct{ name, path, want string }{
		{"none", filepath.Join(dir, "no-python"), "install Python 3.8 or later"},
		{"broken", script("broken", "echo 'cannot load libpython' >&2; exit 127"), "it does not start: exit status 127: cannot load libpython"},
		{"mute", script("mute", "exit 0"), "it does not describe itself"},
		{"2.7", script("old", `echo '{"version":"2.7.18","number":[2,7],"implementation":"CPython"}'`), "it is Python 2.7.18, wanted 3.8 or later"},
		{"another", script("pypy", `echo '{"version":"3.10.1","number":[3,10],"implementation":"PyPy"}'`), "it is PyPy, wanted CPython"},
		{"nameless", script("nameless", `echo '{"version":"3.10.1","number":[3,10],"implementation":"CPython"}'`), "wanted an absolute path"},
	} {
		_, err := Find(context.Background(), test.path)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

// TestOpenBroken opens sessions on what is no usable Python: the error says what it is and
// what to do.
func TestOpenBroken(t *testing.T) {
	open(t, interpreter.Options{}).Close() // or skip
	found, err := Find(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	described := fmt.Sprintf(`{"version":"3.11.0","number":[3,11],"implementation":"CPython","executable":%q,"real":%q}`, dir+"/liar", dir+"/liar")
	for _, test := range []struct{ name, text, want string }{
		{"old", `echo '{"version":"2.7.18","number":[2,7],"implementation":"CPython"}'`, "it is Python 2.7.18, wanted 3.8 or later; install Python"},
		{"broken", "echo 'cannot load libpython' >&2; exit 127", "it does not start: exit status 127: cannot load libpython"},
		{"liar", "echo '" + described + "'", "start CPython 3.11.0"}, // it says what it is not, and then cannot run in the sandbox
	} {
		path := filepath.Join(dir, test.name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+test.text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		_, err := interpreter.Open(t.Context(), interpreter.Options{Language: Language{Executable: path}})
		if err == nil || !strings.HasPrefix(err.Error(), "interpreter: ") || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
	if s := open(t, interpreter.Options{Language: Language{Executable: found.Executable}}); run(t, s, "1").Value != "1" {
		t.Error("a whole Python after broken ones")
	}
}

// TestFindTrustsNoFolder finds Python from a folder with modules that a model could have
// left there: what runs outside of the sandbox must not import them.
func TestFindTrustsNoFolder(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"json", "platform", "sysconfig", "os", "encodings", "site", "sitecustomize", "usercustomize", "linecache"} {
		code := fmt.Sprintf("open(%q, 'w').close()\n", filepath.Join(dir, "imported-"+name))
		if err := os.WriteFile(filepath.Join(dir, name+".py"), []byte(code), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	t.Setenv("PYTHONPATH", dir)
	s := open(t, interpreter.Options{Workspace: dir})
	if r := run(t, s, "import json; json.dumps(1)"); r.Error != nil || r.Value != "'1'" {
		t.Errorf("json in a cell: %q, %+v", r.Value, r.Error)
	}
	if r := run(t, s, "1/0"); r.Error == nil || r.Error.Line != 1 {
		t.Errorf("an error: %+v", r.Error)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "imported-*")); len(left) > 0 {
		t.Errorf("imported: %v", left)
	}
}

// TestVirtualEnvironment runs in an environment that lies where the sandbox has its own
// temporary folder, and imports a module that only it has.
func TestVirtualEnvironment(t *testing.T) {
	open(t, interpreter.Options{}).Close() // or skip
	found, err := Find(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "env")
	if out, err := exec.Command(found.Executable, "-m", "venv", "--without-pip", dir).CombinedOutput(); err != nil {
		t.Skipf("this Python makes no environments: %v: %s", err, out)
	}
	packages, err := filepath.Glob(filepath.Join(dir, "lib", "python*", "site-packages"))
	if err != nil || len(packages) != 1 {
		t.Fatalf("%v, %v", packages, err)
	}
	if err := os.WriteFile(filepath.Join(packages[0], "ours.py"), []byte("x = 7\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(filepath.Dir(dir), "secret")
	if err := os.WriteFile(secret, []byte("canary"), 0o644); err != nil {
		t.Fatal(err)
	}
	// As a package that is installed to be edited: a line that runs something, and a line with a folder.
	aside := filepath.Join(packages[0], "aside")
	os.MkdirAll(filepath.Join(aside, "hidden"), 0o755)
	for name, text := range map[string]string{
		filepath.Join(packages[0], "edited.pth"): "import edited_hook\n" + aside + "\n",
		filepath.Join(packages[0], "edited_hook.py"): fmt.Sprintf(`import sys
from importlib.machinery import PathFinder
class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == 'edited':
            return PathFinder.find_spec(name, [%q])
sys.meta_path.append(Finder)
print('noise', file=sys.stderr)
`, filepath.Join(aside, "hidden")),
		filepath.Join(aside, "listed.py"):           "y = 8\n",
		filepath.Join(aside, "hidden", "edited.py"): "z = 9\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("VIRTUAL_ENV", dir)
	s := open(t, interpreter.Options{})
	if r := run(t, s, fmt.Sprintf("import ours, sys\nours.x, sys.prefix == %q", dir)); r.Error != nil || r.Value != "(7, True)" {
		t.Errorf("%q, %+v", r.Value, r.Error)
	}
	if r := run(t, s, "import listed\nlisted.y, 'edited_hook' in sys.modules"); r.Error != nil || r.Value != "(8, False)" {
		t.Errorf("a folder of a .pth file: %q, %+v", r.Value, r.Error)
	}
	if r := run(t, s, "sys.path.insert(0, 'first')\nimport edited\nedited.z, sys.path[0], sys.path[-1], len(sys.path) == len(set(sys.path))"); r.Error != nil || r.Value != "(9, 'first', '', True)" || r.Stderr != "" {
		t.Errorf("a module that a .pth file finds: %q, %q, %+v", r.Value, r.Stderr, r.Error)
	}
	if r := run(t, s, "import nosuch"); r.Error == nil || r.Error.Type != "ModuleNotFoundError" {
		t.Errorf("a module that nobody finds: %+v", r.Error)
	}
	if r := run(t, s, "callable(help), exit, sys.prefix == sys.exec_prefix"); r.Error != nil || !strings.HasPrefix(r.Value, "(True, Use exit()") || !strings.HasSuffix(r.Value, "True)") {
		t.Errorf("what site puts among the builtins: %q, %+v", r.Value, r.Error)
	}
	if r := run(t, s, fmt.Sprintf("open(%q).read()", secret)); r.Error == nil || r.Value != "" {
		t.Errorf("a file beside the environment: %q", r.Value)
	}
}

func TestIncomplete(t *testing.T) {
	for code, want := range map[string]bool{
		"x = 1": false, "def f():": true, "def f():\n    return 1": true, "def f():\n    return 1\n": false, "f(1,": true, "f(1,\n2)": false,
		"'''text": true, "'''text\nmore'''": false, "x = '('": false, "# (": false, "a = \\": true, "@decorated": true,
		"for i in x: print(i)": false, "if a:\n    b\nelse:": true, "d = {": true, `s = "\""`: false,
		"x = 1  # the total:": false, "# C:\\": false, "if a:  # always": true, "x = 1\ny = 2  # last:": false, `s = "#"`: false, `f("#") # (`: false,
		"if a:\n    b  # so": true,
	} {
		if got := (Language{}).Incomplete(code); got != want {
			t.Errorf("%q: %v, want %v", code, got, want)
		}
	}
}
