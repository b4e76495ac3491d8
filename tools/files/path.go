package files

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"syscall"
)

// size is what list_files writes behind a name, and a model may copy with it.
var size = regexp.MustCompile(` \(\d+ bytes?\)$`)

// normalize brings a path as models write it into the one form that names a file here:
// relative to the workspace, with slashes, without "." and "..". It only looks at the words;
// where links lead is found out when the file is opened.
func (f *folder) normalize(tool string, p *string) error {
	s := *p
	if len(s) > 1000 || strings.ContainsRune(s, 0) {
		return fmt.Errorf("the path %s is no file name. %s", quote(s), f.suggest("", tool))
	}
	for { // until it stays as it is, so that a path that was brought into its form keeps it
		simpler := simplify(s)
		if simpler == s {
			break
		}
		s = simpler
	}
	switch {
	case s == "":
		return fmt.Errorf("the path is empty. %s", f.suggest("", tool))
	case path.IsAbs(s), s == "..", strings.HasPrefix(s, "../"):
		return fmt.Errorf("%s is outside the workspace, and only files in it can be used. %s", quote(*p), f.suggest(path.Base(s), tool))
	}
	*p = s
	return nil
}

// simplify takes off some of what does not belong to a path; the result is shorter or the
// same.
func simplify(s string) string {
	s = strings.TrimSpace(s)
	s = size.ReplaceAllString(s, "")
	for _, quote := range []string{`"`, "'", "`"} {
		if len(s) > 2 && strings.HasPrefix(s, quote) && strings.HasSuffix(s, quote) {
			s = s[1 : len(s)-1]
		}
	}
	if s == "/workspace" || strings.HasPrefix(s, "/workspace/") {
		s = "." + strings.TrimPrefix(s, "/workspace")
	}
	if s == "" {
		return ""
	}
	return path.Clean(s)
}

// explain turns an error of the system into one that a model can use. The path is left
// out of the inner error: it stands before it already.
func (f *folder) explain(doing, name string, err error) error {
	var pe *fs.PathError
	cause := err
	if errors.As(err, &pe) {
		cause = pe.Err
	}
	switch {
	case strings.Contains(cause.Error(), "escapes from parent"): // os has no name for this error
		return fmt.Errorf("%s is a link that leads out of the workspace, and only files in it can be used", quote(name))
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("cannot %s %s: the system does not allow it", doing, quote(name))
	case errors.Is(err, syscall.ELOOP):
		return fmt.Errorf("cannot %s %s: it is a link that leads to itself", doing, quote(name))
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("cannot %s %s: a part of the path is a file and no folder", doing, quote(name))
	case errors.Is(err, syscall.ENAMETOOLONG):
		return fmt.Errorf("cannot %s %s: the name is too long", doing, quote(name))
	}
	return fmt.Errorf("cannot %s %s: %w", doing, quote(name), cause)
}

// quote writes a path into an error: bare if it is plain, as models copy it best.
func quote(p string) string {
	const most = 100
	if len(p) > most {
		p = strings.ToValidUTF8(p[:most], "") + "…"
	}
	if q := fmt.Sprintf("%q", p); p == "" || strings.ContainsAny(p, " \t,:;") || q != `"`+p+`"` {
		return q
	}
	return p
}
