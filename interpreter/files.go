package interpreter

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"time"
)

// stamp tells two states of a file apart.
type stamp struct {
	info     fs.FileInfo
	size     int64
	modified time.Time

	// Of a file that was changed so shortly before the look that a clock tick may hide the
	// next change, the content is remembered too.
	fresh bool
	sum   [sha256.Size]byte
}

// tick is longer than the step of any file system's clock that is in use here.
const tick = 20 * time.Millisecond

func (s stamp) same(t stamp) bool {
	return t.info != nil && s.size == t.size && s.modified.Equal(t.modified) && os.SameFile(s.info, t.info) &&
		(!t.fresh || s.sum == t.sum)
}

// look lists the regular files below a root. What is of another kind, too deep or too
// much is in skipped. Files that were fresh at the last look have their sum, as long as
// they have at most so many bytes together: holes, and times that were set, can make any
// number of bytes look fresh.
func look(root *os.Root, before map[string]stamp, sums int64) (files map[string]stamp, skipped []string, err error) {
	l := &looker{root: root, before: before, files: map[string]stamp{}, now: time.Now(), sums: sums}
	err = l.folder(".", 0)
	return l.files, l.skipped, err
}

// passedOver are folders that hold tools' own files, often many, and none of the user's.
var passedOver = map[string]bool{".git": true, ".venv": true, "node_modules": true, "__pycache__": true}

type looker struct {
	root    *os.Root
	before  map[string]stamp
	files   map[string]stamp
	skipped []string
	entries int
	now     time.Time
	sums    int64 // bytes whose sum may still be taken
}

func (l *looker) folder(dir string, depth int) error {
	f, err := l.root.Open(dir)
	if err != nil {
		if dir != "." {
			l.skipped = append(l.skipped, dir+" (not readable)")
			return nil
		}
		return err
	}
	entries, err := f.ReadDir(maxEntries)
	f.Close()
	if err != nil && err != io.EOF {
		return err
	}
	for _, e := range entries {
		if l.entries++; l.entries > maxEntries {
			l.skipped = append(l.skipped, fmt.Sprintf("what is beyond %d files", maxEntries))
			return nil
		}
		name := path.Join(dir, e.Name())
		switch {
		case len(name) > maxName:
			l.skipped = append(l.skipped, name[:100]+"… (the name is too long)")
		case e.IsDir() && passedOver[e.Name()]:
		case e.IsDir() && depth == maxDepth:
			l.skipped = append(l.skipped, name+" (folders too deep)")
		case e.IsDir():
			if err := l.folder(name, depth+1); err != nil {
				return err
			}
		case e.Type().IsRegular():
			l.file(name)
		default:
			l.skipped = append(l.skipped, name+" (no regular file)")
		}
	}
	return nil
}

func (l *looker) file(name string) {
	info, err := l.root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return // it changed between the two looks
	}
	s := stamp{info: info, size: info.Size(), modified: info.ModTime()}
	s.fresh = l.now.Sub(s.modified).Abs() < tick
	if s.fresh || l.before[name].fresh {
		if l.sums -= pages(s.size); l.sums >= 0 {
			s.sum = sum(l.root, name, s.size)
		} else { // then size and time decide
			s.fresh, s.sum = false, l.before[name].sum
		}
	}
	l.files[name] = s
}

func stampOf(root *os.Root, name string) (stamp, error) {
	info, err := root.Lstat(name)
	if err != nil {
		return stamp{}, err
	}
	s := stamp{info: info, size: info.Size(), modified: info.ModTime()}
	if s.fresh = time.Since(s.modified).Abs() < tick; s.fresh {
		s.sum = sum(root, name, s.size)
	}
	return s, nil
}

func sum(root *os.Root, name string, size int64) (sum [sha256.Size]byte) {
	f, err := openRegular(root, name)
	if err != nil {
		return sum
	}
	defer f.Close()
	h := sha256.New()
	io.Copy(h, io.LimitReader(f, size))
	return [sha256.Size]byte(h.Sum(nil))
}

// openRegular opens a regular file for reading. A pipe that takes the file's place does
// not make us wait.
func openRegular(root *os.Root, name string) (*os.File, error) {
	f, err := root.OpenFile(name, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no regular file", name)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// readRegular reads a regular file of at most limit bytes.
func readRegular(root *os.Root, name string, limit int64) ([]byte, error) {
	f, err := openRegular(root, name)
	if err != nil {
		return nil, fmt.Errorf("interpreter: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%s is larger than %s", name, size(limit))
	}
	if err != nil {
		return nil, fmt.Errorf("interpreter: %w", err)
	}
	return data, nil
}

// place is one side of a copy. What is made there belongs to owner, unless that is
// negative.
type place struct {
	*os.Root
	owner int
}

// copyFile copies the first s.size bytes of a file, with its time and whether it can be
// executed, to a name in another place.
func copyFile(to place, target string, from *os.Root, name string, s stamp) error {
	in, err := openRegular(from, name)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := to.folders(path.Dir(target)); err != nil {
		return err
	}
	if err := to.Remove(target); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	out, err := to.OpenFile(target, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666|s.info.Mode().Perm()&0o111)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, io.LimitReader(in, s.size))
	if err == nil && to.owner >= 0 {
		err = out.Chown(to.owner, to.owner)
	}
	if err = errors.Join(err, out.Close()); err != nil {
		to.Remove(target)
		return err
	}
	return to.Chtimes(target, s.modified, s.modified)
}

// folders makes a folder and those above it.
func (p place) folders(dir string) error {
	if dir == "." {
		return nil
	}
	if info, err := p.Lstat(dir); err == nil && info.IsDir() {
		return nil
	}
	if err := p.folders(path.Dir(dir)); err != nil {
		return err
	}
	if err := p.Mkdir(dir, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if p.owner < 0 {
		return nil
	}
	return p.Lchown(dir, p.owner, p.owner)
}

func sortedNames(files map[string]stamp) []string {
	return slices.Sorted(maps.Keys(files))
}
