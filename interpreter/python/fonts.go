package python

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/qwen-agent/qwen-agent/interpreter"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

// When matplotlib is first imported it looks at every font of the machine and writes a
// list of them, which takes a good part of a second and with many fonts several. A session
// forgets its files, so the list is made once for an interpreter, in a session of its own
// that runs nothing else, and shown read-only to the others.

// maxFonts is the longest list of fonts, in bytes. One of a thousand fonts has half a
// megabyte.
const maxFonts = 32 << 20

// fontsLimit is how long the making of a list may take.
const fontsLimit = time.Minute

// fontFolders are where fonts of the machine are; a new one changes a folder's time.
var fontFolders = []string{"/usr/share/fonts", "/usr/local/share/fonts"}

// makeFonts is the cell that has matplotlib write its list. The list is a file of the
// workspace then.
const makeFonts = `import os, shutil
os.environ['MPLCONFIGDIR'] = os.path.join(os.environ.get('TMPDIR', '/tmp'), 'matplotlib')
import matplotlib, matplotlib.font_manager
for name in os.listdir(matplotlib.get_cachedir()):
    if name.startswith('fontlist') and name.endswith('.json'):
        shutil.copy(os.path.join(matplotlib.get_cachedir(), name), name)`

// lists remembers the folders of lists, "" for an interpreter that has none, so that a
// list that cannot be made is not tried again and again.
var lists struct {
	sync.Mutex
	of map[string]string
}

// fonts returns the folder with the list of fonts of an interpreter's matplotlib, and
// makes it the first time. It is "" if there is no matplotlib, or the list cannot be had:
// then each session makes its own.
func (l Language) fonts(ctx context.Context, f *Found, kernel interpreter.Kernel) (string, error) {
	name := f.fontsKey()
	if name == "" {
		return "", nil
	}
	parent, err := cacheFolder()
	if err != nil {
		return "", nil
	}
	dir := filepath.Join(parent, name)
	lists.Lock() // two sessions at once make one list
	defer lists.Unlock()
	known, tried := lists.of[dir]
	if !tried {
		if known, err = l.prepareFonts(ctx, kernel, dir); ctx.Err() != nil {
			return "", err // whoever comes next tries again
		}
		if lists.of == nil {
			lists.of = map[string]string{}
		}
		lists.of[dir] = known
	}
	return known, nil
}

// fontsKey names the list of an interpreter: another matplotlib or other fonts have another.
// It is "" without matplotlib.
func (f *Found) fontsKey() string {
	for _, folder := range f.Path {
		manager, err := os.Stat(filepath.Join(folder, "matplotlib", "font_manager.py"))
		if err != nil {
			continue
		}
		h := sha256.New()
		fmt.Fprintln(h, f.Real, f.Version, folder, manager.Size(), manager.ModTime().UnixNano())
		for _, fonts := range fontFolders {
			stampFolders(h, fonts, 2)
		}
		return fmt.Sprintf("fonts-%x", h.Sum(nil)[:8])
	}
	return ""
}

// stampFolders writes the times of a folder and of those below it, so many levels deep.
func stampFolders(w io.Writer, folder string, levels int) {
	info, err := os.Stat(folder)
	if err != nil || !info.IsDir() {
		return
	}
	fmt.Fprintln(w, folder, info.ModTime().UnixNano())
	if levels == 0 {
		return
	}
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		if e.IsDir() {
			stampFolders(w, filepath.Join(folder, e.Name()), levels-1)
		}
	}
}

// cacheFolder is where what is made once for an interpreter is kept.
func cacheFolder() (string, error) {
	if home := os.Getenv("QWEN_AGENT_HOME"); home != "" {
		return filepath.Abs(filepath.Join(home, "python"))
	}
	cache, err := os.UserCacheDir()
	return filepath.Join(cache, "qwen-agent", "python"), err
}

// prepareFonts returns dir if the list is there or can be made.
func (l Language) prepareFonts(ctx context.Context, kernel interpreter.Kernel, dir string) (string, error) {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return dir, nil
	}
	if l.Notice != nil {
		l.Notice("Preparing matplotlib's list of fonts for cells; this is done once.")
	}
	name, list, err := listFonts(ctx, kernel)
	if err != nil {
		return "", err
	}
	if err := keepFonts(dir, name, list); err != nil {
		return "", err
	}
	return dir, nil
}

// listFonts has matplotlib write its list in a session.
func listFonts(ctx context.Context, kernel interpreter.Kernel) (name string, list []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, fontsLimit)
	defer cancel()
	o := interpreter.Options{Language: plain{kernel}}
	s, err := interpreter.Open(ctx, o)
	var missing *sandbox.MissingError
	if errors.As(err, &missing) { // never without a sandbox: what is kept is shown to later sessions
		o.Level = sandbox.Basic
		s, err = interpreter.Open(ctx, o)
	}
	if err != nil {
		return "", nil, err
	}
	defer s.Close()
	r, err := s.Run(ctx, makeFonts)
	if err != nil {
		return "", nil, err
	}
	for _, file := range r.Files {
		if path.Base(file.Name) != file.Name || !strings.HasPrefix(file.Name, "fontlist") || file.Size > maxFonts {
			continue
		}
		if list, err = s.ReadFile(file.Name); err == nil && json.Valid(list) {
			return file.Name, list, nil
		}
	}
	return "", nil, errors.New("python: matplotlib wrote no list of fonts")
}

// keepFonts makes the folder, whole or not at all. Every user may read it: in the sandbox
// nobody owns it.
func keepFonts(dir, name string, list []byte) error {
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	aside, err := os.MkdirTemp(parent, ".new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(aside)
	file := filepath.Join(aside, name)
	err = errors.Join(os.WriteFile(file, list, 0o644), os.Chmod(file, 0o644), os.Chmod(aside, 0o755))
	if err != nil {
		return err
	}
	if err := os.Rename(aside, dir); err != nil {
		if _, there := os.Stat(filepath.Join(dir, name)); there != nil { // somebody else was first
			return err
		}
	}
	return nil
}

// plain is Python as it is, for the session that makes the list.
type plain struct{ kernel interpreter.Kernel }

func (plain) Name() string { return "python" }

func (p plain) Kernel(context.Context) (interpreter.Kernel, error) { return p.kernel, nil }
