package sandbox

import (
	"fmt"
	"path/filepath"
	"time"
)

// Limits bounds what the program may use. Zero means the default that Defaults names.
type Limits struct {
	Memory    int64         // bytes, of all its processes together where a cgroup counts them, else of each
	CPU       time.Duration // of all its processes together, for one cell
	Wall      time.Duration // for one cell
	Processes int           // processes and threads
	Files     int64         // bytes in its workspace and temporary folder together
	OpenFiles int           // descriptors of each process
}

// Defaults are the limits of the zero Limits.
var Defaults = Limits{
	Memory: 512 << 20, CPU: 30 * time.Second, Wall: 60 * time.Second,
	Processes: 64, Files: 256 << 20, OpenFiles: 256,
}

// WithDefaults fills in what is zero.
func (l Limits) WithDefaults() Limits {
	d := Defaults
	pick(&l.Memory, d.Memory)
	pick(&l.CPU, d.CPU)
	pick(&l.Wall, d.Wall)
	pick(&l.Processes, d.Processes)
	pick(&l.Files, d.Files)
	pick(&l.OpenFiles, d.OpenFiles)
	return l
}

func pick[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func (l Limits) check() error {
	for _, c := range []struct {
		name       string
		value, min int64
	}{
		{"memory", l.Memory, 16 << 20}, {"CPU time", int64(l.CPU), int64(time.Millisecond)}, {"wall time", int64(l.Wall), int64(time.Millisecond)},
		{"processes", int64(l.Processes), 1}, {"files", l.Files, 4096}, {"open files", int64(l.OpenFiles), 16},
	} {
		if c.value < c.min {
			return fmt.Errorf("sandbox: limit of %s is %d, wanted at least %d", c.name, c.value, c.min)
		}
	}
	return nil
}

// Program is what to run, and what of the machine it needs to see. Paths are those of the
// machine; with a private root the program finds the same files at the same paths.
type Program struct {
	// Path is the executable, an absolute path. Empty means the binary that runs now; it
	// sees by Args[0] what it is to do.
	Path string
	Args []string // with the name of the program first
	Env  []string // the environment, "NAME=value", besides HOME (the workspace) and TMPDIR

	Read []string // files, and folders with all that lies below, that it may read
	Exec []string // files that it may execute besides Path, such as the dynamic loader

	// ExecTemp lets it execute files of its temporary folder.
	ExecTemp bool

	// AddressSpace bounds the addresses of each process, in bytes; 0 is no bound. Not for
	// Go programs, which reserve more than they use.
	AddressSpace int64
}

func (p *Program) check() error {
	if len(p.Args) == 0 {
		return fmt.Errorf("sandbox: the program has no arguments, wanted its name at least")
	}
	paths := append(append([]string{}, p.Read...), p.Exec...)
	if p.Path != "" {
		paths = append(paths, p.Path)
	}
	for _, path := range paths {
		if !filepath.IsAbs(path) || filepath.Clean(path) != path {
			return fmt.Errorf("sandbox: path %q, wanted a clean absolute path", path)
		}
	}
	return nil
}

// Config says what Start starts.
type Config struct {
	Program Program
	Level   Level
	Limits  Limits

	// Without leaves layers out, so that a test can show what the others are worth. Level
	// Strict then refuses.
	Without []Layer
}

// Where a private root has the workspace and the temporary folder.
const (
	WorkDir = "/work"
	TempDir = "/tmp"
)
