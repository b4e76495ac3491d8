package interpreter

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
)

// Bounds of a workspace. What lies deeper, or is more, is not looked at.
const (
	maxDepth   = 24
	maxEntries = 20000
	maxName    = 1024 // bytes of a path; longer ones not every program can open
)

// workspace copies files between a folder of the machine and the child's. Both sides are
// read through os.Root, so that no link leads out of either; only regular files are
// copied.
type workspace struct {
	path   string   // of the folder on the machine; "" without one
	host   *os.Root // nil without one
	inside place    // of the child that runs
	limit  int64    // bytes
	guard  bool     // files that the session did not make are not written

	seen    map[string]stamp // files inside, after the last look
	outside map[string]stamp // files on the machine, likewise
	made    map[string]bool  // files that the session made: only these it may remove
}

func openWorkspace(path string, limit int64, protect bool) (*workspace, error) {
	w := &workspace{path: path, limit: limit, guard: protect, made: map[string]bool{}, outside: map[string]stamp{}}
	if path == "" {
		return w, nil
	}
	host, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("interpreter: open the workspace: %w", err)
	}
	w.host = host
	return w, nil
}

// enter begins with the folder of a new child.
func (w *workspace) enter(inside *os.Root, owner int) {
	w.inside, w.seen, w.outside = place{inside, owner}, map[string]stamp{}, map[string]stamp{}
}

func (w *workspace) close() {
	if w.host != nil {
		w.host.Close()
	}
}

// copyIn brings the child's folder up to what is new on the machine.
func (w *workspace) copyIn() error {
	if w.host == nil {
		return nil
	}
	if _, err := os.Stat(w.path); err != nil {
		return fmt.Errorf("interpreter: the workspace is gone: %w", err)
	}
	now, _, err := look(w.host, w.outside, w.limit)
	if err != nil {
		return fmt.Errorf("interpreter: read the workspace: %w", err)
	}
	var total int64
	for _, s := range now {
		total += s.size
	}
	if total > w.limit {
		return fmt.Errorf("interpreter: the workspace %s holds %s of files, wanted at most %s: take a smaller folder or raise the limit of files", w.path, size(total), size(w.limit))
	}
	for _, name := range sortedNames(now) {
		s := now[name]
		if s.same(w.outside[name]) {
			continue
		}
		if err := copyFile(w.inside, name, w.host, name, s); err != nil {
			return fmt.Errorf("interpreter: copy %s in: %w", name, err)
		}
		if w.seen[name], err = stampOf(w.inside.Root, name); err != nil {
			return fmt.Errorf("interpreter: copy %s in: %w", name, err)
		}
	}
	for name := range w.outside {
		if _, there := now[name]; !there {
			w.inside.Remove(name)
			delete(w.seen, name)
			delete(w.made, name)
		}
	}
	w.outside = now
	return nil
}

// copyOut finds what the cell changed, writes it to the machine and lists it in r.
func (w *workspace) copyOut(r *Result) (notes string, err error) {
	now, skipped, err := look(w.inside.Root, w.seen, w.limit)
	if err != nil {
		return "", fmt.Errorf("interpreter: read the session's files: %w", err)
	}
	// What is outside and what is copied out together stay below the limit: the next copy in
	// must fit too, also into a new child.
	budget := w.limit
	for _, s := range w.outside {
		budget -= pages(s.size)
	}
	var guarded []string
	for _, name := range sortedNames(now) {
		s := now[name]
		before, known := w.seen[name]
		if known && s.same(before) {
			continue
		}
		change := Changed
		if !known {
			change = Created
			w.made[name] = w.made[name] || !w.isOutside(name)
		}
		r.Files = append(r.Files, File{Name: name, Change: change, Size: s.size})
		if w.guard && w.host != nil && !w.made[name] {
			guarded = append(guarded, name)
			continue
		}
		more := pages(s.size) - pages(w.outside[name].size)
		if budget -= more; budget < 0 { // holes make files look larger than the tmpfs
			budget += more
			skipped = append(skipped, name+" (the files are larger than "+size(w.limit)+" together)")
			continue
		}
		if err := w.write(name, s); err != nil {
			skipped = append(skipped, name+" ("+err.Error()+")")
			continue
		}
		r.Files[len(r.Files)-1].Kept = w.host != nil
	}
	for _, name := range sortedNames(w.seen) {
		if _, there := now[name]; there {
			continue
		}
		r.Files = append(r.Files, File{Name: name, Change: Removed})
		if w.host != nil && w.made[name] {
			w.host.Remove(name)
			delete(w.outside, name)
		}
		delete(w.made, name)
	}
	w.seen = now
	r.Pictures = slices.DeleteFunc(r.Pictures, func(name string) bool { return !isPNG(w.inside.Root, name) })
	if len(skipped) > 0 {
		notes = "Not copied: " + strings.Join(skipped[:min(len(skipped), 10)], ", ") + "."
	}
	if len(guarded) > 0 {
		notes = join(notes, strings.Join(guarded[:min(len(guarded), 10)], ", ")+
			" was there before the session, so it is changed only inside: write under another name.")
	}
	return notes, nil
}

// isOutside says whether a file was on the machine at the last look, or has come since.
func (w *workspace) isOutside(name string) bool {
	if _, there := w.outside[name]; there || w.host == nil {
		return there
	}
	_, err := w.host.Lstat(name)
	return err == nil
}

// pages is the room that a file of n bytes takes inside.
func pages(n int64) int64 { return (n + 4095) &^ 4095 }

// write copies one file out. Other programs see the old file or the new one, never half.
func (w *workspace) write(name string, s stamp) error {
	if w.host == nil {
		return nil
	}
	temporary := fmt.Sprintf("%s.qwen-agent-%08x", name, rand.Uint32()) // not one that the user's file may have
	if err := copyFile(place{w.host, -1}, temporary, w.inside.Root, name, s); err != nil {
		if errors.Is(err, fs.ErrNotExist) { // gone again
			return nil
		}
		return err
	}
	if err := w.host.Rename(temporary, name); err != nil {
		w.host.Remove(temporary)
		return err
	}
	var err error
	w.outside[name], err = stampOf(w.host, name)
	return err
}

// isPNG says whether a name that the kernel claims to be a picture is one.
func isPNG(root *os.Root, name string) bool {
	f, err := openRegular(root, name)
	if err != nil {
		return false
	}
	defer f.Close()
	var head [8]byte
	_, err = io.ReadFull(f, head[:])
	return err == nil && string(head[:]) == "\x89PNG\r\n\x1a\n"
}
