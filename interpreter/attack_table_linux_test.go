package interpreter_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

// row is a line of the table.
type row struct {
	attack
	strict, bare outcome
	without      map[string]outcome
}

// table collects what came of the attacks.
type table struct {
	mu   sync.Mutex
	rows []row
}

func (t *table) add(r row) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows = append(t.rows, r)
}

// write writes the table of a whole run that has not failed.
func (tab *table) write(t *testing.T, path string) {
	slices.SortFunc(tab.rows, func(a, b row) int { return strings.Compare(a.title(), b.title()) })
	if path == "" || t.Failed() {
		return
	}
	var b strings.Builder
	b.WriteString("# Attacks on the sandbox\n\nWhat came of each attack of [interpreter/testdata/attacks](../interpreter/testdata/attacks/README.md), from a real run. Made by\n")
	set := ""
	if testing.Short() {
		set = " -short"
	}
	fmt.Fprintf(&b, "`go test ./interpreter%s -run TestAttacks -attack.table ../docs/attacks.md`, here as %s.\n\n", set, who())
	b.WriteString("\"Alone removed\" is the outcome with that one layer left out: `stopped`, because another layer still holds; `seen`, because none does and the test\n" +
		"sees the effect; `refused`, because no session is opened without that layer; a dash where the wall is no layer that could be removed. \"None\" is the outcome with\n" +
		"no sandbox at all: `effect`, or a dash where that would harm the machine or shows nothing.\n\n")
	tab.summary(&b)
	group := ""
	for _, r := range tab.rows {
		if g, _, _ := strings.Cut(r.name, "/"); g != group {
			group = g
			fmt.Fprintf(&b, "\n## %s\n\n| attack | tries to | layer | strict | alone removed | none |\n|---|---|---|---|---|---|\n", group)
		}
		_, file, _ := strings.Cut(r.title(), "/")
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", file, r.try, r.layer, short(r.strict.said), r.removed(), r.none())
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Error(err)
	}
}

func who() string {
	if os.Getuid() == 0 {
		return "root"
	}
	return "an ordinary user"
}

// removed is what came of an attack with its layer left out.
func (r row) removed() string {
	o, ran := r.without[r.layer]
	switch {
	case !ran:
		return "–"
	case o.refused != "":
		return "refused"
	case len(o.effects) > 0:
		return "seen"
	}
	return "stopped"
}

// none is what came of an attack with no sandbox.
func (r row) none() string {
	if len(r.bare.effects) > 0 {
		return "effect"
	}
	return "–"
}

// differ adds to a table what came of the attacks for another user, where that differs.
func (tab *table) differ(t *testing.T, path string) {
	if path == "" || t.Failed() {
		return
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const title = "\n## As an ordinary user\n"
	page, _, _ := strings.Cut(string(text), title)
	known, group := map[string][2]string{}, ""
	for line := range strings.Lines(page) {
		if g, is := strings.CutPrefix(line, "## "); is {
			group = strings.TrimSpace(g) + "/"
		}
		if cells := strings.Split(line, " | "); len(cells) == 6 && group != "" {
			known[group+strings.TrimPrefix(cells[0], "| ")] = [2]string{cells[4], strings.TrimSuffix(strings.TrimSpace(cells[5]), " |")}
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s\nThe same attacks, run as %s, with `-attack.differ`: %d, %d of them with an effect in strict. What differs from the above:\n\n"+
		"| attack | layer | alone removed | none |\n|---|---|---|---|\n", page, title, who(), len(tab.rows), tab.effects())
	for _, r := range tab.rows {
		was, found := known[r.title()]
		if now := [2]string{r.removed(), r.none()}; !found || now != was {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.title(), r.layer, now[0], now[1])
		}
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Error(err)
	}
}

func (tab *table) effects() (n int) {
	for _, r := range tab.rows {
		if len(r.strict.effects) > 0 {
			n++
		}
	}
	return n
}

// summary counts outcomes by layer.
func (tab *table) summary(b *strings.Builder) {
	counts := map[string]map[string]int{}
	for _, r := range tab.rows {
		if counts[r.layer] == nil {
			counts[r.layer] = map[string]int{}
		}
		counts[r.layer]["all"]++
		counts[r.layer][r.removed()]++
		if len(r.strict.effects) > 0 {
			counts[r.layer]["effects"]++
		}
	}
	fmt.Fprintf(b, "%d attacks. By the layer that is expected to stop them:\n\n| layer | attacks | effects in strict | alone removed: stopped | seen | refused |\n|---|---|---|---|---|---|\n", len(tab.rows))
	var order []string
	for _, l := range sandbox.Layers {
		order = append(order, string(l))
	}
	order = append(order, slices.Sorted(maps.Keys(parentSide))...)
	for _, layer := range order {
		if c := counts[layer]; c != nil {
			fmt.Fprintf(b, "| %s | %d | %d | %d | %d | %d |\n", layer, c["all"], c["effects"], c["stopped"], c["seen"], c["refused"])
		}
	}
}

// changing is what differs from run to run in what a cell says.
var changing = regexp.MustCompile(`: '[^']*'|/[\w./-]+|\x1b|[^ -~…]`)

// short is the first line of what a cell said, without what differs from run to run.
func short(said string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(said), "\n")
	line = changing.ReplaceAllString(line[:min(len(line), 200)], "")
	line = strings.NewReplacer("|", "", "`", "").Replace(strings.TrimSpace(line))
	if line == "" {
		return "nothing"
	}
	return "`" + line[:min(len(line), 72)] + "`"
}
