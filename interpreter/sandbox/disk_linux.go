//go:build linux && (amd64 || arm64)

package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
)

// workOnDisk makes the workspace and the temporary folder on the machine, for a program
// that has no private root.
func (l *launch) workOnDisk(p *Process) (err error) {
	dir, err := os.MkdirTemp("", "qwen-agent-")
	if err != nil {
		return fmt.Errorf("sandbox: start: make a workspace: %w", err)
	}
	p.tidy = func() {
		for _, folder := range []string{l.plan.Work, l.plan.Temp} { // the program may have closed them to us
			if p.Owner < 0 && folder != "" {
				os.Chmod(folder, 0o700)
			}
		}
		os.RemoveAll(dir)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		return fmt.Errorf("sandbox: start: make a workspace: %w", err)
	}
	for name, field := range map[string]*string{"work": &l.plan.Work, "tmp": &l.plan.Temp} {
		*field = filepath.Join(dir, name)
		if err := os.Mkdir(*field, 0o700); err != nil {
			return fmt.Errorf("sandbox: start: make a workspace: %w", err)
		}
		if p.Owner < 0 {
			continue
		}
		if err := os.Chown(*field, p.Owner, p.Owner); err != nil {
			return fmt.Errorf("sandbox: start: make a workspace: %w", err)
		}
	}
	p.WorkDir = l.plan.Work
	p.Work, err = os.OpenRoot(l.plan.Work)
	return err
}
