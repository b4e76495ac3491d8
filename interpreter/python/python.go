// Package python runs cells of Python in CPython, 3.8 or later, as it is found on the
// machine: a virtual environment, pyenv's choice, or the system's.
//
// The interpreter reads our driver from the pipe and nothing of ours from disk. It may
// read what it says itself that it imports from, the folders of the dynamic linker, fonts
// and time zones, and nothing else.
package python

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strconv"

	"github.com/qwen-agent/qwen-agent/interpreter"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

// Language is Python. The zero value takes the first that Find finds.
type Language struct {
	// Executable is the interpreter, as a path or a name to look up in PATH.
	Executable string

	// Read lists more files and folders that cells may read, as absolute paths.
	Read []string

	// Notice, if it is set, is told before something is done once that takes long.
	Notice func(text string)
}

// Name is "python".
func (Language) Name() string { return "python" }

//go:embed driver.py
var driver []byte

// bootstrap reads the driver, which is the first frame, and becomes it.
const bootstrap = `import posix
def take(n):
    b = b''
    while len(b) < n:
        c = posix.read(3, n - len(b))
        if not c: posix._exit(0)
        b += c
    return b
exec(compile(take(int.from_bytes(take(4), 'big')), '<driver>', 'exec'), {'__name__': '<driver>', 'take': take})`

// Kernel finds an interpreter and what it must be able to read.
func (l Language) Kernel(ctx context.Context) (interpreter.Kernel, error) {
	found, err := Find(ctx, l.Executable)
	if err != nil {
		return interpreter.Kernel{}, err
	}
	threads := strconv.Itoa(min(runtime.NumCPU(), 4))
	kernel := interpreter.Kernel{
		Version: fmt.Sprintf("%s %s", found.Implementation, found.Version),
		Program: sandbox.Program{
			Path: found.Executable,
			// -I: no environment, no user folders, no current folder; -B: no .pyc files; -S: the
			// driver is told what the module site would find out again.
			Args: []string{found.Executable, "-I", "-S", "-B", "-X", "utf8", "-c", bootstrap},
			Env: []string{
				"LANG=C.UTF-8", "MPLBACKEND=Agg", "TZ=" + timeZone(),
				"OPENBLAS_NUM_THREADS=" + threads, "OMP_NUM_THREADS=" + threads, "MKL_NUM_THREADS=" + threads,
			},
			Read:         append(found.readable(), l.Read...),
			Exec:         found.executables(),
			AddressSpace: addressSpace,
		},
	}
	if kernel.Boot, err = found.boot(""); err != nil {
		return interpreter.Kernel{}, err
	}
	fonts, err := l.fonts(ctx, found, kernel)
	if err != nil {
		return interpreter.Kernel{}, err
	}
	if fonts != "" {
		kernel.Program.Read = append(kernel.Program.Read, fonts)
		kernel.Boot, err = found.boot(fonts)
	}
	return kernel, err
}

// boot is the driver with what it is told; fonts is the folder of matplotlib's list, or "".
func (f *Found) boot(fonts string) ([]byte, error) {
	path := f.Path
	if path == nil {
		path = []string{}
	}
	settings, err := json.Marshal(map[string]any{"path": path, "prefix": f.Prefix, "exec_prefix": f.ExecPrefix, "fonts": fonts})
	if err != nil {
		return nil, err
	}
	return slices.Concat([]byte("settings = "), settings, []byte("\n"), driver), nil // JSON of texts is Python too
}

// addressSpace bounds the addresses of the interpreter. Libraries map files and reserve
// more than they use; what is used is bounded more tightly elsewhere.
const addressSpace = 8 << 30
