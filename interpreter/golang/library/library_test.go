package library

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"
)

// describe is a library whose generic parts are checked, and nothing more.
func describe(t testing.TB) *Library {
	l := New()
	l.Generic = func(p *types.Package, source string) error {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, p.Path(), source, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		part := types.NewPackage(p.Path(), p.Name())
		for _, name := range p.Scope().Names() {
			part.Scope().Insert(p.Scope().Lookup(name))
		}
		config := types.Config{Importer: l}
		if err := types.NewChecker(&config, files, part, nil).Files([]*ast.File{file}); err != nil {
			return err
		}
		for _, name := range part.Scope().Names() {
			if o := part.Scope().Lookup(name); o.Pkg() == part {
				p.Scope().Insert(o)
			}
		}
		return nil
	}
	return l
}

// TestPackages describes every package that a cell can import.
func TestPackages(t *testing.T) {
	for path := range allowed {
		p, err := describe(t).Import(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		exported := 0
		for _, name := range p.Scope().Names() {
			o := p.Scope().Lookup(name)
			if o.Exported() {
				exported++
			}
			if f, ok := o.(*types.Func); ok && f.Exported() && wholly[path] == (f.Signature().TypeParams() == nil) && path != "sync/atomic" {
				if part := generic(path); !strings.Contains(part, "func "+name+"[") {
					t.Errorf("%s.%s: %v", path, name, f.Type())
				}
			}
		}
		if exported == 0 {
			t.Errorf("%s exports nothing", path)
		}
	}
}

// TestDescriptions compares what is made by reflection with what the sources say.
func TestDescriptions(t *testing.T) {
	l := describe(t)
	for _, c := range []struct{ path, name, want string }{
		{"strings", "Split", "func strings.Split(string, string) []string"},
		{"fmt", "Fprintf", "func fmt.Fprintf(io.Writer, string, ...any) (int, error)"},
		{"fmt", "Stringer", "type fmt.Stringer interface{String() string}"},
		{"time", "Second", "const time.Second time.Duration"},
		{"time", "Duration", "type time.Duration int64"},
		{"math", "Pi", "const math.Pi untyped float"},
		{"math", "MaxInt64", "const math.MaxInt64 untyped int"},
		{"os", "Stdout", "var os.Stdout *os.File"},
		{"io", "EOF", "var io.EOF error"},
		{"io", "ReadWriter", "type io.ReadWriter interface{Read([]byte) (int, error); Write([]byte) (int, error)}"},
		{"os", "FileMode", "type os.FileMode = io/fs.FileMode"},
		{"sort", "IntSlice", "type sort.IntSlice []int"},
		{"slices", "Max", "func slices.Max[S ~[]E, E cmp.Ordered](x S) E"},
		{"strings", "Lines", "func strings.Lines(string) func(func(string) bool)"},
	} {
		p, err := l.Import(c.path)
		if err != nil {
			t.Fatal(err)
		}
		o := p.Scope().Lookup(c.name)
		if o == nil {
			t.Errorf("%s.%s is not there", c.path, c.name)
			continue
		}
		got := strings.NewReplacer("uint8", "byte", "interface{}", "any").Replace(o.String())
		if got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
	for _, c := range []struct{ path, name, method string }{
		{"strings", "Builder", "WriteString"}, {"time", "Time", "Format"}, {"sync", "WaitGroup", "Go"}, {"math/big", "Int", "Exp"}, {"os", "File", "ReadAt"},
	} {
		p, err := l.Import(c.path)
		if err != nil {
			t.Fatal(err)
		}
		if o, _, _ := types.LookupFieldOrMethod(types.NewPointer(p.Scope().Lookup(c.name).Type()), false, nil, c.method); o == nil {
			t.Errorf("%s.%s has no method %s", c.path, c.name, c.method)
		}
	}
}

// TestDenied shows what cannot be reached.
func TestDenied(t *testing.T) {
	l := describe(t)
	for _, path := range []string{"unsafe", "C", "syscall", "os/exec", "plugin", "net", "net/http", "runtime/debug", "testing", "text/template", "os/signal", "os/user",
		"debug/elf", "internal/abi", "golang.org/x/sys/unix", "github.com/qwen-agent/qwen-agent/interpreter/golang/machine", "embed", "go/ast", "../x", ""} {
		if _, err := l.Import(path); err == nil || !strings.Contains(err.Error(), "cannot be imported") {
			t.Errorf("%q: %v", path, err)
		}
	}
	for name := range denied {
		path, name := name[:strings.LastIndexByte(name, '.')], name[strings.LastIndexByte(name, '.')+1:]
		p, err := l.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		if p.Scope().Lookup(name) != nil {
			t.Errorf("%s.%s can be reached", path, name)
		}
	}
	p, err := l.Import("reflect")
	if err != nil {
		t.Fatal(err)
	}
	if names := p.Scope().Names(); !slices.Equal(names, []string{"DeepEqual"}) {
		t.Errorf("reflect has %v", names)
	}
}
