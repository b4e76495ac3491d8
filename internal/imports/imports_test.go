// Package imports has one test: who may import whom. docs/design.md gives the reasons.
package imports

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/qwen-agent/qwen-agent"

// allowed names, for each house or room, whom it may import besides itself and what lies
// below itself; "x" is the package x alone, "x/..." also what lies below it. The longest
// room that fits a package decides. An arrow that is not in docs/design.md's list has its
// reason in RATIONALE.md.
var allowed = map[string][]string{
	"cmd":           {"server/...", "eval/...", "finetune/...", "agent/...", "react", "tools/...", "interpreter/...", "llm/...", "kernels/..."},
	"server":        {"agent", "llm"},
	"eval":          {"agent", "llm", "llm/engine", "interpreter/..."},
	"eval/sessions": {"interpreter", "interpreter/sandbox"},
	"eval/tasks":    {"agent", "react", "llm", "interpreter/sandbox"},
	"eval/speed":    {"agent", "llm", "llm/engine", "llm/sample", "kernels", "kernels/peak"},
	"agent":         {"react", "tools/...", "interpreter/sandbox", "llm", "llm/grammar"},
	"react":         {"tools", "llm"},
	"tools":         {"interpreter/...", "llm"},
	"examples":      {"tools/...", "react", "agent", "llm", "llm/engine", "llm/hub"},
	"finetune":      {"llm", "llm/engine", "llm/qwen", "llm/gguf", "llm/safetensors", "llm/chat", "tokenizer", "kernels/..."},
	"tokenizer":     {}, "kernels": {}, "interpreter": {}, "internal": {},

	"llm":             {},
	"llm/llmtest":     {"llm"},
	"llm/engine":      {"llm", "llm/qwen", "llm/gguf", "llm/safetensors", "llm/chat", "llm/sample", "llm/grammar", "llm/kv", "tokenizer", "kernels/..."},
	"llm/qwen":        {"llm/gguf", "kernels"},
	"llm/gguf":        {"kernels/quant"},
	"llm/safetensors": {},
	"llm/hub":         {},
	"llm/chat":        {"llm"},
	"llm/sample":      {},
	"llm/grammar":     {"llm"},
	"llm/kv":          {},
	"llm/openai":      {"llm"},
	"llm/langchain":   {"llm"},

	"internal/testmodel": {"llm/gguf", "llm/hub", "kernels/quant", "kernels/devicetest"},
}

// engineOnly may open an engine; everybody else sees a model through llm.Model.
var engineOnly = []string{"cmd", "eval", "finetune", "examples", "llm/engine"}

type pkg struct {
	ImportPath string
	Imports    []string
}

func TestDirection(t *testing.T) {
	packages := list(t)
	if len(packages) < 10 {
		t.Fatalf("go list found %d packages of ours: the test looks in the wrong place", len(packages))
	}
	for _, p := range packages {
		for _, imported := range p.Imports {
			if why := forbidden(p.ImportPath, imported); why != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, imported, why)
			}
		}
	}
}

// TestTeeth shows that the rule finds what it is for.
func TestTeeth(t *testing.T) {
	for _, arrow := range [][2]string{
		{"llm", "tools"}, {"kernels/cpu", "llm"}, {"react", "agent"}, {"tools/calc", "react"},
		{"agent", "llm/engine"}, {"llm/chat", "tokenizer"}, {"llm/qwen", "llm/engine"}, {"nowhere", "llm"},
		{"react", "llm/chat"}, {"tools/files", "llm/grammar"}, {"llm/qwen", "kernels/cpu"},
	} {
		if forbidden(module+"/"+arrow[0], module+"/"+arrow[1]) == "" {
			t.Errorf("%s -> %s is let through", arrow[0], arrow[1])
		}
	}
	for _, arrow := range [][2]string{
		{"cmd/qwen-agent", "llm/engine"}, {"kernels/cpu", "kernels/gemm"}, {"tools/calc", "tools"}, {"tools/calc", "internal/golden"},
	} {
		if why := forbidden(module+"/"+arrow[0], module+"/"+arrow[1]); why != "" {
			t.Errorf("%s -> %s: %s", arrow[0], arrow[1], why)
		}
	}
}

// forbidden says why one package may not import another, or "".
func forbidden(from, to string) string {
	from, ok := strings.CutPrefix(from, module+"/")
	to, ours := strings.CutPrefix(to, module+"/")
	if !ok || !ours {
		return "" // somebody else's package
	}
	room := longest(from)
	if room == "" {
		return "the package belongs to no house of docs/design.md"
	}
	if to == "llm/engine" && !anyUnder(from, engineOnly) {
		return "only cmd, eval, finetune and examples open an engine"
	}
	if under(to, room) || house(from) == house(to) && house(from) != "llm" || house(to) == "internal" {
		return ""
	}
	for _, a := range allowed[room] {
		if wide, ok := strings.CutSuffix(a, "/..."); to == a || ok && under(to, wide) {
			return ""
		}
	}
	return "the arrow is not in internal/imports"
}

func longest(path string) (room string) {
	for name := range allowed {
		if under(path, name) && len(name) > len(room) {
			room = name
		}
	}
	return room
}

func under(path, room string) bool { return path == room || strings.HasPrefix(path, room+"/") }

func anyUnder(path string, rooms []string) bool {
	for _, r := range rooms {
		if under(path, r) {
			return true
		}
	}
	return false
}

func house(path string) string {
	h, _, _ := strings.Cut(path, "/")
	return h
}

func list(t *testing.T) (packages []pkg) {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"/...").Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %s", exit.Stderr)
		}
		t.Fatal(err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); err == io.EOF {
			return packages
		} else if err != nil {
			t.Fatalf("go list's answer: %v", err)
		}
		packages = append(packages, p)
	}
}
