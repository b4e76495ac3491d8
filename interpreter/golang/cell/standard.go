package cell

// Standard returns the path of the package of the standard library that a name stands for
// where a cell uses it without an import, or "".
func Standard(name string) string { return standard[name] }

// standard has the packages that a program is likely to mean. Of two with the same name it
// has the one that most programs use.
var standard = names(
	"bufio", "bytes", "cmp", "container/heap", "container/list", "container/ring", "context", "crypto/md5", "crypto/sha1", "crypto/sha256",
	"crypto/sha512", "encoding/base64", "encoding/binary", "encoding/csv", "encoding/gob", "encoding/hex", "encoding/json", "encoding/xml",
	"errors", "flag", "fmt", "hash/crc32", "hash/fnv", "html", "image", "image/color", "image/png", "io", "io/fs", "iter", "log", "maps", "math", "math/big",
	"math/bits", "math/cmplx", "math/rand", "net/url", "os", "path", "path/filepath", "reflect", "regexp", "runtime", "slices", "sort",
	"strconv", "strings", "sync", "sync/atomic", "text/tabwriter", "text/template", "time", "unicode", "unicode/utf16", "unicode/utf8",
)

func names(paths ...string) map[string]string {
	m := map[string]string{}
	for _, p := range paths {
		m[PackageName(p)] = p
	}
	return m
}
