package compiled

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/qwen-agent/qwen-agent/interpreter/golang/show"
)

// library is a folder with what programs of cells are linked with: the standard library
// and our support package, compiled. Sessions may read it and nobody may write to it.
type library struct{ dir string }

// Files of a library. The lists are in the format of the compiler's -importcfg.
const (
	importsFile = "imports" // packages that a cell may import
	linkFile    = "link"    // all packages
)

// Import paths of our packages in a cell's program.
const (
	ours        = "github.com/qwen-agent/qwen-agent/"
	showPath    = ours + "interpreter/golang/show"
	supportPath = ours + "interpreter/golang/compiled/support"
)

//go:embed support/support.go
var supportSource string

// layout changes when a library is laid out in another way.
const layout = "1"

// kept is how long a library that is not used any more is kept, such as that of a
// toolchain that was replaced.
const kept = 30 * 24 * time.Hour

// libraries is the folder where libraries are kept.
func libraries() (string, error) {
	if home := os.Getenv("QWEN_AGENT_HOME"); home != "" {
		return filepath.Abs(filepath.Join(home, "go"))
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a place for the compiled standard library: %w", err)
	}
	return filepath.Join(cache, "qwen-agent", "go"), nil
}

// prepare returns the library of a toolchain, which is in the folder parent. The first time
// it is compiled, which takes seconds to a minute.
func prepare(ctx context.Context, t *Toolchain, parent string, notice func(string)) (library, error) {
	name, err := t.key()
	if err != nil {
		return library{}, err
	}
	l := library{filepath.Join(parent, name)}
	if _, err := os.Stat(filepath.Join(l.dir, linkFile)); err == nil {
		now := time.Now()
		os.Chtimes(l.dir, now, now)
		return l, nil
	}
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return library{}, fmt.Errorf("keep the compiled standard library: %w", err)
	}
	// It is made aside and takes its name when it is whole; who comes second finds it there.
	aside, err := os.MkdirTemp(parent, ".new-")
	if err != nil {
		return library{}, fmt.Errorf("keep the compiled standard library: %w", err)
	}
	defer os.RemoveAll(aside)
	if notice != nil {
		notice("Compiling the standard library of " + t.Version + " for cells; this is done once.")
	}
	if err := (library{aside}).build(ctx, t, l.dir); err != nil {
		return library{}, fmt.Errorf("compile the standard library of %s: %w", t.Version, err)
	}
	if err := os.Rename(aside, l.dir); err != nil {
		if _, there := os.Stat(filepath.Join(l.dir, linkFile)); there != nil {
			return library{}, fmt.Errorf("keep the compiled standard library: %w", err)
		}
	}
	forget(parent)
	return l, nil
}

// key names the library of a toolchain: another compiler, or another source of ours, has
// another.
func (t *Toolchain) key() (string, error) {
	h := sha256.New()
	for _, tool := range []string{t.Compile, t.Link} {
		info, err := os.Stat(tool)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(h, tool, info.Size(), info.ModTime().UnixNano())
	}
	fmt.Fprintln(h, layout, t.Root, t.Version, t.Platform, t.experiment)
	io.WriteString(h, show.Source)
	io.WriteString(h, supportSource)
	return fmt.Sprintf("%s-%x", strings.Map(fileName, t.Version), h.Sum(nil)[:8]), nil
}

// fileName keeps what may stand in the name of a file: a development version has more.
func fileName(r rune) rune {
	if r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
		return r
	}
	return '-'
}

// forget removes libraries that were not used for long, and what was left unfinished.
func forget(parent string) {
	entries, _ := os.ReadDir(parent)
	for _, e := range entries {
		limit := kept
		if strings.HasPrefix(e.Name(), ".new-") {
			limit = time.Hour
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > limit {
			os.RemoveAll(filepath.Join(parent, e.Name()))
		}
	}
}

// build fills the folder. final is where it will be.
func (l library) build(ctx context.Context, t *Toolchain, final string) error {
	out, err := output(command(ctx, t.Go, "list", "-export", "-f", "{{.ImportPath}}={{.Export}}", "std"))
	if err != nil {
		return err
	}
	var imports, link strings.Builder
	add := func(path, name string) {
		line := fmt.Sprintf("packagefile %s=%s\n", path, filepath.Join(final, name))
		link.WriteString(line)
		if importable(path) {
			imports.WriteString(line)
		}
	}
	imports.WriteString("packagefile " + supportPath + "=" + filepath.Join(final, "support.a") + "\n")
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "=")
		if file == "" {
			continue // package unsafe, and folders of tests
		}
		name := strings.ReplaceAll(path, "/", "-") + ".a"
		if err := keep(filepath.Join(l.dir, name), file); err != nil {
			return err
		}
		add(path, name)
	}
	// Ours are compiled against the files where they are now.
	now := filepath.Join(l.dir, "now")
	for _, p := range []struct{ path, name, source string }{{showPath, "show", show.Source}, {supportPath, "support", supportSource}} {
		if err := os.WriteFile(now, []byte(strings.ReplaceAll(link.String(), final+string(filepath.Separator), l.dir+string(filepath.Separator))), 0o644); err != nil {
			return err
		}
		if err := l.compile(ctx, t, p.path, p.name, p.source, now); err != nil {
			return err
		}
		add(p.path, p.name+".a")
	}
	if err := os.Remove(now); err != nil {
		return err
	}
	for name, text := range map[string]string{importsFile: imports.String(), linkFile: link.String()} {
		if err := os.WriteFile(filepath.Join(l.dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return l.open()
}

// compile compiles one file of ours to a package.
func (l library) compile(ctx context.Context, t *Toolchain, path, name, source, imports string) error {
	file := filepath.Join(l.dir, name+".go")
	if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, t.Compile, "-p", path, "-complete", "-pack", "-trimpath", l.dir, "-importcfg", imports, "-o", filepath.Join(l.dir, name+".a"), file)
	cmd.Dir = l.dir
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", path, err, text)
	}
	return os.Remove(file)
}

// importable says whether a program may import a package of the standard library.
func importable(path string) bool {
	for element := range strings.SplitSeq(path, "/") {
		if element == "internal" || element == "vendor" {
			return false
		}
	}
	return !strings.HasPrefix(path, ours)
}

// keep gives a file of the toolchain's cache, which the toolchain removes when it was not
// used for days, a second name; it is copied if that cannot be, or if not everybody may
// read it.
func keep(name, file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o444 == 0o444 && os.Link(file, name) == nil {
		return nil
	}
	from, err := os.Open(file)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Close())
}

// open lets every user read the folder, whatever the umask: in the sandbox nobody owns it.
func (l library) open() error {
	return filepath.WalkDir(l.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil || info.Mode().Perm()&0o444 == 0o444 && !d.IsDir() {
			return err
		}
		mode := fs.FileMode(0o644)
		if d.IsDir() {
			mode = 0o755
		}
		return os.Chmod(path, mode)
	})
}
