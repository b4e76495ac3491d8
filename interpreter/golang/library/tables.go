package library

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/interpreter/golang/library/symbols"
)

// tables are the symbols of a package by name, or nil if cells cannot import it.
func tables(path string) map[string]reflect.Value {
	if !allowed[path] || wholly[path] {
		return nil
	}
	table := symbols.Of(path)
	if names := only[path]; names != nil {
		some := map[string]reflect.Value{}
		for name := range names {
			some[name] = table[name]
		}
		return some
	}
	return table
}

// allowed has the packages that cells can import: no network, no processes, nothing that
// reaches around the types.
var allowed = set(
	"bufio", "bytes", "container/heap", "container/list", "container/ring", "context", "crypto/md5", "crypto/rand", "crypto/sha1", "crypto/sha256", "crypto/sha512",
	"crypto/hmac", "crypto/aes", "crypto/cipher", "compress/gzip", "compress/flate", "compress/zlib", "archive/tar", "archive/zip",
	"encoding", "encoding/base32", "encoding/base64", "encoding/binary", "encoding/csv", "encoding/hex", "encoding/json", "errors", "fmt",
	"hash", "hash/crc32", "hash/crc64", "hash/fnv", "hash/adler32", "hash/maphash", "html", "image", "image/color", "image/draw", "image/png", "image/jpeg", "image/gif",
	"index/suffixarray", "io", "io/fs", "io/ioutil", "log", "math", "math/big", "math/bits", "math/cmplx", "math/rand", "math/rand/v2", "mime", "net/netip", "net/url", "os", "path", "path/filepath",
	"regexp", "regexp/syntax", "runtime", "sort", "strconv", "strings", "sync", "sync/atomic", "text/scanner", "text/tabwriter", "time", "unicode", "unicode/utf16", "unicode/utf8",
	"reflect", "cmp", "iter", "maps", "slices",
)

// only has the packages of which but a few names can be had: the rest asks values for their
// types, which are not what they are in the cell.
var only = map[string]map[string]bool{"reflect": set("DeepEqual")}

// Only says of which names of a package cells have no more than, or nil.
func Only(name string) []string {
	for path, names := range only {
		if packageName(path) == name {
			return slices.Sorted(maps.Keys(names))
		}
	}
	return nil
}

// wholly has the packages of which nothing is compiled.
var wholly = set("cmp", "iter", "maps", "slices")

func set(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}

// denied has what is left out of packages that can be imported, and why.
var denied = map[string]string{
	"os.StartProcess": "a cell starts no programs", "os.FindProcess": "a cell starts no programs",
	"runtime.Goexit": "return from the function instead", "runtime.SetFinalizer": "finalizers cannot be had", "runtime.Breakpoint": "there is no debugger",
	"runtime.Caller": "the interpreter has no frames of its own", "runtime.Callers": "the interpreter has no frames of its own",
}

// Denied says why a name of a package cannot be had, or "".
func Denied(pkg, name string) string { return denied[pkg+"."+name] }

// refusal says why a package cannot be imported, and what to do instead.
func refusal(path string) string {
	first, _, _ := strings.Cut(path, "/")
	switch {
	case path == "C" || path == "unsafe" || path == "syscall" || path == "plugin":
		return fmt.Sprintf("package %q cannot be imported in a cell", path)
	case path == "os/exec":
		return `package "os/exec" cannot be imported: a cell starts no programs`
	case path == "text/template" || path == "html/template" || path == "encoding/xml" || path == "encoding/gob" || path == "flag" || path == "testing":
		return fmt.Sprintf("package %q cannot be imported in an interpreted cell: it needs compiled types; use --compiled", path)
	case first == "net":
		return fmt.Sprintf("package %q cannot be imported: a cell has no network", path)
	case strings.Contains(first, "."):
		return fmt.Sprintf("package %q cannot be imported: cells have the standard library of Go only", path)
	}
	return fmt.Sprintf("package %q cannot be imported in an interpreted cell; use --compiled, which has all of the standard library", path)
}

//go:embed generic
var sources embed.FS

// generic is the source of a package's generic part, or "".
func generic(path string) string {
	text, err := fs.ReadFile(sources, "generic/"+strings.ReplaceAll(path, "/", "_")+".go.txt")
	if err != nil {
		return ""
	}
	return string(text)
}

// replaced has functions of ours in place of those of a package, by path and name.
var replaced = map[string]reflect.Value{}

// Replace puts a function of the same type in the place of one of a package.
func Replace(path, name string, f any) { replaced[path+"."+name] = reflect.ValueOf(f) }

// ReplacedMethod is the function of ours in place of a method, if there is one. Its name for
// Replace is that of the type, with its package and pointer, a dot, and that of the method.
func ReplacedMethod(receiver reflect.Type, name string) (reflect.Value, bool) {
	v, ok := replaced[receiver.String()+"."+name]
	return v, ok
}
