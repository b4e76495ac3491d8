package interpreter_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

// attack is one file of testdata/attacks: code that tries to do something outside of its
// sandbox, with a header that says what should come of it. testdata/attacks/README.md has
// the format.
type attack struct {
	name    string // group and file, such as "files/read-secret.py"
	kernel  string // that runs it: "python", "compiled" or "interpreted" Go
	try     string
	layer   string         // expected to stop it: a sandbox.Layer, or one of parentSide
	effect  string         // what counts as an effect: a kind and an explanation
	want    *regexp.Regexp // what the cell must say when it is stopped; other words mean that the attack is broken
	without string         // with the layer alone removed: stopped, effect or either
	bare    string         // with no sandbox it must have its effect: yes, or no with the reason
	only    string         // the one kernel that runs it; "" for every one of its language
	short   bool           // part of the fast set
	limits  sandbox.Limits
	grace   time.Duration
	cells   []string
}

// parentSide are the walls that are no layers of the child's sandbox, and cannot be removed.
var parentSide = map[string]string{
	"start":    "how the child is started: its environment and descriptors",
	"session":  "the parent's side of a session: clocks, limits, pipes, copying of files",
	"language": "what the kernel of the language refuses before it runs the cell",
}

// kinds are the effects that the test sees for itself, but for word, which the cell says.
var kinds = []string{
	"leak",    // the canary is in what the cell shows or leaves
	"file",    // something outside the workspace was made, changed or removed
	"answer",  // something outside was called
	"process", // a process outside was signalled or changed
	"kernel",  // something of the machine's kernel was made or changed
	"left",    // processes, mounts, folders or control groups are left over
	"hang",    // the session did not come back in time
	"parent",  // the parent was harmed, or does not say what became of the session
	"word",    // the cell reached what it wanted and says so
}

func (a attack) python() bool { return strings.HasSuffix(a.name, ".py") }
func (a attack) kind() string { kind, _, _ := strings.Cut(a.effect, ":"); return kind }

// title is the attack as tests and tables name it.
func (a attack) title() string {
	if a.kernel == "interpreted" {
		return a.name + " (interpreted)"
	}
	return a.name
}

// corpus reads all attacks.
func corpus(dir string) (attacks []attack, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err != nil || d.IsDir() || ext != ".py" && ext != ".go" && ext != ".txt" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		kernels := []string{"python"}
		if filepath.Ext(path) != ".py" {
			kernels = []string{"compiled", "interpreted"}
		}
		for _, kernel := range kernels {
			a, err := parse(filepath.ToSlash(name), kernel, string(text))
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			if a.only == "" || a.only == kernel {
				attacks = append(attacks, a)
			}
		}
		return nil
	})
	return attacks, err
}

// parse reads one file for one kernel: lines "# key: value", then the cell. Further cells
// follow after a line "# ---".
func parse(name, kernel, text string) (a attack, err error) {
	a = attack{name: name, kernel: kernel, without: "stopped", bare: "yes", grace: 300 * time.Millisecond}
	a.limits = sandbox.Limits{Wall: 20 * time.Second, CPU: 20 * time.Second}
	mark := "# "
	if !a.python() {
		mark = "// "
	}
	want := ""
	rest := text
	for {
		line, after, _ := strings.Cut(rest, "\n")
		head, is := strings.CutPrefix(line, mark)
		if !is {
			break
		}
		key, value, found := strings.Cut(head, ": ")
		if !found {
			return a, fmt.Errorf("header line %q, wanted \"key: value\"", line)
		}
		rest = after
		if special, own := strings.CutSuffix(key, "-"+kernel); own && slices.Contains(ofKernels, special) {
			key = special // of this kernel, in place of the one above it
		} else if slices.ContainsFunc(ofKernels, func(k string) bool { return key == k+"-interpreted" || key == k+"-compiled" }) {
			continue
		}
		switch key {
		case "try":
			a.try = value
		case "layer":
			a.layer = value
		case "effect":
			a.effect = value
		case "want":
			want = value
		case "without":
			a.without = value
		case "bare":
			a.bare = value
		case "only":
			a.only = value
		case "short":
			a.short = value == "yes"
		case "limits":
			if err := a.limit(value); err != nil {
				return a, err
			}
		default:
			return a, fmt.Errorf("header key %q is not known", key)
		}
	}
	a.cells = strings.Split(rest, "\n"+mark+"---\n")
	if a.want, err = regexp.Compile("(?s)" + want); err != nil {
		return a, err
	}
	return a, a.check(want, rest)
}

// ofKernels are the keys that one kernel of Go may have for itself, with its name.
var ofKernels = []string{"layer", "effect", "want", "without", "bare", "limits", "short"}

func (a *attack) check(want, code string) error {
	_, parent := parentSide[a.layer]
	switch {
	case a.try == "" || want == "" || strings.TrimSpace(code) == "":
		return errors.New("the header has no try or want, or no code follows")
	case !parent && !slices.Contains(sandbox.Layers, sandbox.Layer(a.layer)):
		return fmt.Errorf("layer %q is not known", a.layer)
	case !slices.Contains(kinds, a.kind()):
		return fmt.Errorf("effect %q, wanted one of %v, then an explanation", a.effect, kinds)
	case a.only != "" && (a.python() || a.only != "compiled" && a.only != "interpreted"):
		return fmt.Errorf("only is %q, wanted compiled or interpreted, of a program in Go", a.only)
	case !slices.Contains([]string{"stopped", "effect", "effect as user", "either"}, a.without):
		return fmt.Errorf("without is %q, wanted stopped, effect, effect as user or either", a.without)
	case a.bare != "yes" && a.bare != "as root" && !strings.HasPrefix(a.bare, "no, "):
		return fmt.Errorf("bare is %q, wanted yes, as root, or no with a reason", a.bare)
	}
	return nil
}

// limit reads "wall=300ms memory=64MB …".
func (a *attack) limit(text string) error {
	for field := range strings.FieldsSeq(text) {
		key, value, _ := strings.Cut(field, "=")
		var err error
		number := func(unit string) (n int64) {
			if err == nil {
				n, err = strconv.ParseInt(strings.TrimSuffix(value, unit), 10, 64)
			}
			return n
		}
		switch key {
		case "wall":
			a.limits.Wall, err = time.ParseDuration(value)
		case "cpu":
			a.limits.CPU, err = time.ParseDuration(value)
		case "grace":
			a.grace, err = time.ParseDuration(value)
		case "memory":
			a.limits.Memory = number("MB") << 20
		case "files":
			a.limits.Files = number("MB") << 20
		case "processes":
			a.limits.Processes = int(number(""))
		default:
			return fmt.Errorf("limit %q is not known", key)
		}
		if err != nil {
			return fmt.Errorf("limit %q: %w", field, err)
		}
	}
	return nil
}
