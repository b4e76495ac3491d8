package files

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

func (f *folder) writeFile(_ context.Context, a writeIn) (string, error) {
	name := a.Path
	if len(a.Content) > f.write {
		return "", fmt.Errorf("the text for %s has %d bytes, at most %d are written; write less, or several files", quote(name), len(a.Content), f.write)
	}
	replaced, err := f.put(name, func(w io.Writer) error {
		_, err := io.WriteString(w, a.Content)
		return err
	})
	if err != nil {
		return "", err
	}
	what := ""
	if replaced {
		what = ", in place of what it had"
	}
	return fmt.Sprintf("%d bytes were written to %s%s.", len(a.Content), quote(name), what), nil
}

// put writes a file, whole or not at all, and makes the folders that it is in.
func (f *folder) put(name string, write func(io.Writer) error) (replaced bool, err error) {
	if name == "." {
		return false, errors.New("the path names the workspace itself; name a file in it, for example {\"path\": \"notes.txt\"}")
	}
	var mode fs.FileMode
	switch info, err := f.root.Lstat(name); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return false, f.explain("write", name, err)
	case info.IsDir():
		return false, fmt.Errorf("%s is a folder; write to a file in it, for example {\"path\": %q}", quote(name), path.Join(name, "notes.txt"))
	case !info.Mode().IsRegular():
		return false, notRegular(name, info)
	default:
		mode, replaced = info.Mode().Perm(), true
	}
	if dir := path.Dir(name); dir != "." {
		if err := f.root.MkdirAll(dir, 0o755); err != nil {
			return false, f.explain("write", name, err)
		}
	}
	if err := replace(f.root, name, mode, write); err != nil {
		return false, f.explain("write", name, err)
	}
	return replaced, nil
}

// replace writes a file so that it is there whole or not at all: beside its place under
// another name, which then becomes its own. If anything fails, what was there stays. mode 0
// is that of a new file.
func replace(root *os.Root, name string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	temporary := path.Join(path.Dir(name), ".write-"+rand.Text())
	file, err := root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, cmp.Or(mode, 0o644))
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			file.Close()
			err = errors.Join(err, root.Remove(temporary))
		}
	}()
	if err := write(file); err != nil {
		return err
	}
	if mode != 0 { // that of OpenFile was cut by the umask
		if err := file.Chmod(mode); err != nil {
			return err
		}
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return root.Rename(temporary, name)
}
