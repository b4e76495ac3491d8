package files

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/internal/suggest"
)

// Limits of a listing. Beyond them a workspace is not looked through.
const (
	maxListed  = 200   // files
	maxScanned = 10000 // entries of folders
	maxDepth   = 8
)

type entry struct {
	name string // relative to the workspace
	size int64
}

// list returns the regular files of the workspace, those of a folder before those of its
// folders, each in alphabetical order. Names that begin with a dot are passed over, and so
// are devices and links that lead out. more says that there are files beyond the limits.
func (f *folder) list(ctx context.Context) (entries []entry, more bool) {
	scanned := 0
	var walk func(dir string, depth int)
	walk = func(dir string, depth int) {
		d, err := f.root.Open(dir)
		if err != nil {
			return // what cannot be read cannot be listed either
		}
		found, _ := d.ReadDir(maxScanned - scanned + 1)
		d.Close()
		if scanned += len(found); scanned > maxScanned {
			more = true
		}
		slices.SortFunc(found, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
		var below []string
		for _, e := range found {
			if strings.HasPrefix(e.Name(), ".") {
				continue
			}
			name := path.Join(dir, e.Name())
			if e.IsDir() {
				below = append(below, name)
				continue
			}
			info, err := f.root.Stat(name) // follows a link, but not out of the workspace
			if err != nil || !info.Mode().IsRegular() {
				continue
			}
			if len(entries) == maxListed {
				more = true
				return
			}
			entries = append(entries, entry{name, info.Size()})
		}
		for _, name := range below {
			if scanned > maxScanned || depth == maxDepth || ctx.Err() != nil {
				more = true
				return
			}
			walk(name, depth+1)
		}
	}
	walk(".", 1)
	return entries, more
}

func listing(entries []entry, more bool) string {
	if len(entries) == 0 {
		return "The workspace has no files."
	}
	var b strings.Builder
	for _, e := range entries {
		unit := "bytes"
		if e.size == 1 {
			unit = "byte"
		}
		fmt.Fprintf(&b, "%s (%d %s)\n", e.name, e.size, unit)
	}
	if more {
		b.WriteString("[there are more files than are listed here]\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// suggest says which files there are, those first that are spelled most like name, or lie
// in it if it ends with a slash, and shows a call that would be right.
func (f *folder) suggest(name, tool string) string {
	const most = 20
	entries, more := f.list(context.Background())
	if len(entries) == 0 {
		return "The workspace has no files"
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.name
	}
	if name != "" {
		names = suggest.Sort(name, names)
	}
	if strings.HasSuffix(name, "/") {
		in, out := []string{}, []string{}
		for _, n := range names {
			if strings.HasPrefix(n, name) {
				in = append(in, n)
			} else {
				out = append(out, n)
			}
		}
		names = append(in, out...)
	}
	shown := names[:min(most, len(names))]
	quoted := make([]string, len(shown))
	for i, n := range shown {
		quoted[i] = quote(n)
	}
	rest := ""
	if more || len(names) > most {
		rest = " and others"
	}
	if suggest.OtherNumber(name, names[0]) {
		return fmt.Sprintf("The files are: %s%s. If the task is about %s, answer that there is no such file", strings.Join(quoted, ", "), rest, quote(name))
	}
	return fmt.Sprintf("The files are: %s%s. Call %s again with one of these names, for example {\"path\": %q}", strings.Join(quoted, ", "), rest, tool, names[0])
}
