package agent

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// localPath reports why a path is not one inside the folder that it is relative to. It
// looks at the words only; openWorkspace follows them.
func localPath(p string) error {
	switch slashed := filepath.ToSlash(p); {
	case filepath.IsAbs(p), strings.HasPrefix(slashed, "/"):
		return errors.New("it is absolute, wanted a path below the task file's folder")
	case strings.HasPrefix(p, "~"):
		return errors.New("~ is not expanded, wanted a path below the task file's folder")
	case !filepath.IsLocal(p):
		return errors.New("it leaves the task file's folder, wanted one below it")
	}
	return nil
}

// openWorkspace opens the task's workspace, nil if it has none. The folder must exist:
// one that is made for a spelling mistake would be an empty place to work in. It is
// opened through the task file's folder, so a symbolic link that leads out of that is
// refused by the system and not by comparing names.
func (t *Task) openWorkspace() (*os.Root, error) {
	if t.Workspace == "" {
		return nil, nil
	}
	if err := localPath(t.Workspace); err != nil {
		return nil, fmt.Errorf("open the workspace %s: %w", t.Workspace, err)
	}
	dir, err := os.OpenRoot(t.dir)
	if err != nil {
		return nil, fmt.Errorf("open the task file's folder: %w", err)
	}
	defer dir.Close()
	root, err := dir.OpenRoot(filepath.Clean(t.Workspace))
	return root, workspaceError(filepath.Join(t.dir, t.Workspace), err)
}

// openFolder opens a workspace that was named by hand; it may be anywhere.
func openFolder(path string) (*os.Root, error) {
	root, err := os.OpenRoot(path)
	return root, workspaceError(path, err)
}

func workspaceError(path string, err error) error {
	var pe *fs.PathError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("open the workspace %s: there is no such folder; make it or correct the name", path)
	case errors.As(err, &pe):
		return fmt.Errorf("open the workspace %s: %w", path, pe.Err)
	}
	return fmt.Errorf("open the workspace %s: %w", path, err)
}
