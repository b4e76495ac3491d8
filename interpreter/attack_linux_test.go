package interpreter_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/qwen-agent/qwen-agent/interpreter"
	"github.com/qwen-agent/qwen-agent/interpreter/golang"
	"github.com/qwen-agent/qwen-agent/interpreter/golang/compiled"
	"github.com/qwen-agent/qwen-agent/interpreter/python"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

var attackTable = flag.String("attack.table", "", "write what came of the attacks to this file, as docs/attacks.md has it")

var attackEach = flag.Bool("attack.each", false, "run each attack also with every other layer alone removed")

// outcome is what came of an attack.
type outcome struct {
	said    string   // type and message of the error, output and value
	effects []string // "kind: what", as the test saw it
	refused string   // why the session was not opened; "" if it was
}

func (o outcome) has(kind string) bool {
	return slices.ContainsFunc(o.effects, func(e string) bool { return strings.HasPrefix(e, kind+":") })
}

// TestAttacks runs every attack in a session of level strict, where it must come to
// nothing; with the layer that is to stop it alone removed, where another must, or the
// test must see what it does; and with no sandbox at all, where it must have its effect:
// else it is no attack.
func TestAttacks(t *testing.T) {
	attacks, err := corpus("testdata/attacks")
	if err != nil {
		t.Fatal(err)
	}
	if len(attacks) < 200 {
		t.Errorf("%d attacks, wanted 200 at least", len(attacks))
	}
	prepare(t)
	table := &table{}
	idle, before := goleak.IgnoreCurrent(), mounts()
	t.Run("each", func(t *testing.T) {
		for _, a := range attacks {
			if testing.Short() && !a.short {
				continue
			}
			t.Run(a.title(), func(t *testing.T) {
				t.Parallel()
				table.add(a.try3(t))
			})
		}
	})
	if err := goleak.Find(idle); err != nil {
		t.Error(err)
	}
	if after := mounts(); after != before {
		t.Errorf("mounts before:\n%s\nafter:\n%s", before, after)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "*")); len(left) > 0 {
		t.Errorf("left in the temporary folder: %v", left)
	}
	if n := len(signals); n > 0 {
		t.Errorf("%d signals to the parent, the first %v", n, <-signals)
	}
	table.write(t, *attackTable)
}

// signals has those that the test's process got.
var signals = make(chan os.Signal, 64)

// prepare readies the test's process: a temporary folder of its own, the canary in its
// environment and in an open file, and an ear for signals.
func prepare(t *testing.T) {
	base, err := os.MkdirTemp("", "t")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(base) })
	if err := os.Chmod(base, 0o755); err != nil {
		t.Fatal(err)
	}
	leaked.want = canary + "\n"
	file := filepath.Join(base, "leaked")
	if leaked.file, err = os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o666); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { leaked.file.Close() })
	os.Remove(file)
	if _, err := leaked.file.WriteString(leaked.want); err != nil {
		t.Fatal(err)
	}
	if _, _, errno := syscall.Syscall(syscall.SYS_FCNTL, leaked.file.Fd(), syscall.F_SETFD, 0); errno != 0 {
		t.Fatal(errno)
	}
	t.Setenv("TMPDIR", base)
	t.Setenv("QWEN_AGENT_ATTACK_TOKEN", canary)
	signal.Notify(signals, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGCONT, syscall.SIGALRM, syscall.SIGWINCH, syscall.SIGIO)
	t.Cleanup(func() { signal.Stop(signals) })
}

// try3 runs one attack in its three ways.
func (a attack) try3(t *testing.T) row {
	r := row{attack: a, without: map[string]outcome{}}
	r.strict = a.run(t, interpreter.Options{})
	if len(r.strict.effects) > 0 || r.strict.refused != "" {
		t.Errorf("strict: effects %q%s; it said %.300q", r.strict.effects, r.strict.refused, r.strict.said)
	}
	t.Logf("strict: it said %.200q", r.strict.said)
	if !a.want.MatchString(r.strict.said) {
		t.Errorf("strict: it said %.600q, wanted %v", r.strict.said, a.want)
	}
	if a.refused(r.strict) {
		return r
	}
	_, parent := parentSide[a.layer]
	for _, layer := range sandbox.Layers {
		if string(layer) != a.layer && !*attackEach {
			continue
		}
		o := a.run(t, interpreter.Options{Level: sandbox.Basic, Without: []sandbox.Layer{layer}})
		r.without[string(layer)] = o
		if !parent && string(layer) == a.layer {
			a.judge(t, o)
		} else if len(o.effects) > 0 { // the layer that it names is there, and must be enough
			t.Errorf("without %s: effects %q; it said %.300q", layer, o.effects, o.said)
		}
	}
	if a.bare == "yes" || a.bare == "as root" && os.Getuid() == 0 {
		r.bare = a.run(t, interpreter.Options{Level: sandbox.Off})
		if !r.bare.has(a.kind()) {
			t.Errorf("with no sandbox: effects %q, wanted %s; it said %.600q", r.bare.effects, a.effect, r.bare.said)
		}
	}
	return r
}

// refused says whether the kernel of the language would not run the attack at all, for
// which no layer is needed.
func (a attack) refused(o outcome) bool {
	return a.layer == "language" && a.kernel == "interpreted" && strings.HasPrefix(o.said, "CompileError: ")
}

// judge compares what came of an attack without its layer with what its header says.
func (a attack) judge(t *testing.T, o outcome) {
	switch {
	case o.refused != "": // nothing ran
	case a.without == "either":
	case a.without == "effect", a.without == "effect as user" && os.Getuid() != 0:
		if !o.has(a.kind()) {
			t.Errorf("without %s: effects %q, wanted %s; it said %.300q", a.layer, o.effects, a.effect, o.said)
		}
	case len(o.effects) > 0:
		t.Errorf("without %s: effects %q, wanted another layer to stop it; it said %.300q", a.layer, o.effects, o.said)
	}
}

// run carries an attack out and looks at what became of the outside, of the session, and
// of what it leaves.
func (a attack) run(t *testing.T, options interpreter.Options) (out outcome) {
	if a.kernel == "compiled" {
		if _, err := exec.LookPath("go"); err != nil {
			t.Skipf("this machine has no Go toolchain in PATH: %v", err)
		}
	}
	bare := options.Level == sandbox.Off
	o := newOutside(t)
	options.Limits, options.Grace, options.Workspace = a.limits, a.grace, o.work
	switch a.kernel {
	case "compiled":
		options.Language = compiled.Language{}
	case "interpreted":
		options.Language = golang.Language{}
	default:
		options.Language = python.Language{Executable: anybodysPython()}
	}
	s, err := interpreter.Open(context.Background(), options)
	var missing *sandbox.MissingError
	if errors.As(err, &missing) && len(options.Without) > 0 {
		return outcome{refused: missing.Error()}
	}
	if err != nil && len(options.Without) > 0 && os.Getuid() == 0 && strings.Contains(err.Error(), "permission denied") {
		return outcome{refused: err.Error()} // root's own folders are closed to the user who runs it
	}
	if errors.As(err, &missing) || errors.Is(err, exec.ErrNotFound) {
		t.Skipf("this machine cannot: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	after := newRemains()
	after.remember(s)
	defer func() {
		after.remember(s)
		s.Close()
		out.effects = append(out.effects, after.left()...)
		out.effects = append(out.effects, o.stop()...)
		o.close()
	}()
	for _, cell := range a.cells {
		out.effects = append(out.effects, a.cell(s, after, a.complete(cell, o.names(bare)), &out.said)...)
	}
	if strings.Contains(out.said, canary) {
		out.effects = append(out.effects, "leak: the canary is in what it shows")
	}
	for line := range strings.Lines(out.said) {
		if what, says := strings.CutPrefix(line, "EFFECT "); says {
			out.effects = append(out.effects, "word: "+strings.TrimSpace(what))
		}
	}
	if !bare { // there the kernel may have been harmed as the attack likes
		out.effects = append(out.effects, a.healthy(s)...)
	}
	return out
}

// anybodysPython is an interpreter that every user can reach: without a private root a
// child of root is another user, for whom root's own folders are closed. It is "", the
// first in PATH, if that is one, or if there is none.
var anybodysPython = sync.OnceValue(func() string {
	for _, name := range []string{"", "/usr/bin/python3", "/usr/local/bin/python3"} {
		found, err := python.Find(context.Background(), name)
		if err != nil {
			continue
		}
		open := true
		for dir := filepath.Dir(found.Real); dir != "/"; dir = filepath.Dir(dir) {
			info, err := os.Stat(dir)
			open = open && err == nil && info.Mode()&0o001 != 0
		}
		if open {
			return name
		}
	}
	return ""
})

// complete gives a cell the names of what it aims at.
func (a attack) complete(cell string, names map[string]any) string {
	var b strings.Builder
	keys := make([]string, 0, len(names))
	for key := range names {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	if a.python() {
		for _, key := range keys {
			fmt.Fprintf(&b, "%s = %#v\n", key, names[key])
		}
		return b.String() + pythonHelp() + cell
	}
	cell = strings.NewReplacer("DEEP", strings.Repeat("^", 100_000)+"1", "LONG", strings.Repeat("1+", 200_000)+"1").Replace(cell)
	b.WriteString(cell + "\n") // Go has its imports first, and the order of the rest is free
	for _, key := range keys {
		if strings.Contains(cell, key) {
			fmt.Fprintf(&b, "const %s = %#v\n", key, names[key])
		}
	}
	if strings.Contains(cell, "effect(") {
		b.WriteString(goHelp)
	}
	return b.String()
}

// cell runs one cell and adds what it says.
func (a attack) cell(s *interpreter.Session, after *remains, code string, said *string) (effects []string) {
	type answer struct {
		r   interpreter.Result
		err error
	}
	limit := a.limits.WithDefaults().Wall + a.grace + 20*time.Second
	answers := make(chan answer, 1)
	go func() {
		r, err := s.Run(context.Background(), code)
		answers <- answer{r, err}
	}()
	var got answer
	select {
	case got = <-answers:
	case <-time.After(limit):
		after.remember(s)
		go s.Close()
		return []string{fmt.Sprintf("hang: no result after %v", limit)}
	}
	after.remember(s)
	var memory runtime.MemStats
	if runtime.ReadMemStats(&memory); memory.HeapAlloc > 256<<20 {
		effects = append(effects, fmt.Sprintf("parent: its heap has %d MB", memory.HeapAlloc>>20))
	}
	r := got.r
	var b strings.Builder
	if got.err != nil {
		fmt.Fprintf(&b, "Run: %v\n", got.err)
	}
	if r.Error != nil {
		fmt.Fprintf(&b, "%s: %s\n", r.Error.Type, r.Error.Message)
	}
	for _, text := range []string{r.Stdout, r.Stderr, r.Value, r.Notice} {
		if text = strings.TrimSpace(text); text != "" {
			b.WriteString(text + "\n")
		}
	}
	if r.Error != nil && strings.Contains(r.Error.Trace, canary) {
		b.WriteString(canary)
	}
	*said += b.String()
	if b.Len() > 1<<20 {
		effects = append(effects, fmt.Sprintf("parent: the result has %d bytes", b.Len()))
	}
	if r.Ended && r.Error == nil && got.err == nil {
		effects = append(effects, "parent: the child is gone and the result does not say why")
	}
	return effects
}

// healthy says what is wrong with a session after an attack: the next cell must work, or
// say that the session is over, and then the one after that must work.
func (a attack) healthy(s *interpreter.Session) (effects []string) {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	for range 3 {
		r, err := s.Run(ctx, "1 + 1")
		switch {
		case ctx.Err() != nil:
			return []string{"hang: the next cell did not come back"}
		case err != nil:
			return []string{"parent: the next cell: " + err.Error()}
		case r.Error == nil && r.Value == "2":
			return nil
		case r.Error == nil:
			effects = []string{fmt.Sprintf("parent: the next cell has the value %.100q and no error", r.Value)}
		case !r.Ended:
			effects = []string{fmt.Sprintf("parent: the next cell: %s: %.200s", r.Error.Type, r.Error.Message)}
		default:
			effects = []string{fmt.Sprintf("parent: it ended three times: %.200s", r.Error.Message)}
		}
	}
	return effects
}

// TestMain lets attacks run beside each other on few processors too: many only wait.
func TestMain(m *testing.M) {
	flag.Parse()
	if p := flag.Lookup("test.parallel"); p != nil && p.Value.String() == fmt.Sprint(runtime.GOMAXPROCS(0)) {
		flag.Set("test.parallel", fmt.Sprint(2*runtime.GOMAXPROCS(0)))
	}
	os.Exit(m.Run())
}
