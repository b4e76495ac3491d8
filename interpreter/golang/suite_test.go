package golang

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qwen-agent/qwen-agent/interpreter/wire"
)

// unlike are the programs of the suite that do not come out the same, and why.
var unlike = map[string]string{
	"closure.go":               "counts what Go's runtime allocates",
	"recover2.go":              "the error of a key that cannot be hashed names the type's structure",
	"chan/goroutines.go":       "reads the arguments of the test",
	"heapsampling.go":          "reads the runtime's profile of the heap",
	"peano.go":                 "nests calls deeper than the limit of a cell allows",
	"fixedbugs/issue27201.go":  "reads positions from the runtime's own stack",
	"fixedbugs/issue30116u.go": "errors of indices of 1<<63 and more show them as negative",
	"fixedbugs/issue72844.go":  "a loop over the array of a nil pointer fails also where only its length is needed",
	"fixedbugs/issue73476.go":  "likewise",
	"fixedbugs/issue7690.go":   "reads the runtime's own stack",
}

// TestSuite runs the programs of Go's own test suite that a toolchain brings along, if
// GO_SUITE=1 asks for it: it takes minutes. A program of the suite ends well and prints what
// its .out file says, or nothing. Here it does that too, or is refused before it starts.
func TestSuite(t *testing.T) {
	if os.Getenv("GO_SUITE") == "" {
		t.Skip("GO_SUITE is not set")
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skipf("no Go toolchain: %v", err)
	}
	root := filepath.Join(strings.TrimSpace(string(goroot)), "test")
	var files []string
	for _, folder := range []string{".", "ken", "chan", "interface", "typeparam", "fixedbugs"} {
		found, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		t.Skipf("no programs in %s", root)
	}
	ran, refusals := 0, 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(source, []byte("// run\n")) {
			continue
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			if why := unlike[name]; why != "" {
				t.Skip(why)
			}
			want, _ := os.ReadFile(strings.TrimSuffix(file, ".go") + ".out")
			s, reply := newSession(), wire.Reply{}
			stop := time.AfterFunc(10*time.Second, s.machine.Stop)
			defer stop.Stop()
			got := capture(t, func() { // print writes to stderr
				old := os.Stderr
				os.Stderr = os.Stdout
				defer func() { os.Stderr = old }()
				reply = s.do(1, string(source))
			})
			ran++
			switch e := reply.Error; {
			case e != nil && e.Type == "CompileError":
				refusals++
				t.Logf("refused: %s", e.Message)
			case e != nil && e.Type == "Interrupted":
				t.Skip("not ended after 10 s")
			case e != nil:
				t.Errorf("%s: %.300s\n%s", e.Type, e.Message, got)
			case want != nil && got != string(want):
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
	t.Logf("%d programs, %d of them refused", ran, refusals)
}
