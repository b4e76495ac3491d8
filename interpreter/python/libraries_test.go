package python

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/interpreter"
)

// scientific opens a session whose Python has numpy, pandas and matplotlib, or skips.
func scientific(t *testing.T) *interpreter.Session {
	t.Helper()
	s := open(t, interpreter.Options{})
	for _, module := range []string{"numpy", "pandas", "matplotlib"} {
		if r := run(t, s, "import importlib.util\nimportlib.util.find_spec('"+module+"') is not None"); r.Value != "True" {
			t.Skipf("this Python has no %s", module)
		}
	}
	return s
}

func TestTables(t *testing.T) {
	s := scientific(t)
	run(t, s, "import numpy as np, pandas as pd\ndf = pd.DataFrame({f'column{i}': np.arange(100000) * i for i in range(12)})")
	r := run(t, s, "df")
	if r.Error != nil || len(r.Value) > 10000 || !strings.Contains(r.Value, "column11") || !strings.Contains(r.Value, "[100000 rows x 12 columns]") {
		t.Errorf("a large table: %d bytes, %+v", len(r.Value), r.Error)
	}
	if r := run(t, s, "df.column1.sum()"); !strings.Contains(r.Value, "4999950000") {
		t.Errorf("a sum: %q, %+v", r.Value, r.Error)
	}
	if r := run(t, s, "np.arange(10**6).reshape(1000, 1000)"); r.Error != nil || len(r.Value) > 1000 || !strings.HasPrefix(r.Value, "array([[") {
		t.Errorf("a large array: %q, %+v", r.Value, r.Error)
	}
	if r := run(t, s, "np.linalg.inv(np.eye(200) * 2)[0, 0]"); !strings.Contains(r.Value, "0.5") {
		t.Errorf("linear algebra: %q, %+v", r.Value, r.Error)
	}
}

func TestFigures(t *testing.T) {
	s := scientific(t)
	for _, test := range []struct {
		name, code string
		pictures   int
		value      bool
	}{
		{"pyplot", "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])", 1, false},
		{"shown", "plt.bar(['a', 'b'], [1, 2]); plt.title('x'); plt.show()", 1, false},
		{"two", "for i in range(2):\n    plt.figure(); plt.plot([i])", 2, false},
		{"value is a figure", "fig, ax = plt.subplots()\nax.plot([1])\nfig", 1, false},
		{"value is another", "plt.plot([1, 2]); 7", 1, true},
		{"saved by the cell", "plt.plot([1]); plt.savefig('mine.png')", 0, false},
		{"again in a later cell", "fig", 1, false},
		{"none", "1 + 1", 0, true},
		{"before an error", "plt.plot([1]); 1 / 0", 1, false},
		{"empty figure", "f = plt.figure()", 0, false},
	} {
		r := run(t, s, test.code)
		if len(r.Pictures) != test.pictures || (r.Value != "") != test.value || strings.Contains(r.Stderr, "non-interactive") {
			t.Errorf("%s: pictures %v, value %q, stderr %q, error %+v", test.name, r.Pictures, r.Value, r.Stderr, r.Error)
		}
		for _, name := range r.Pictures {
			data, err := s.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if c, err := png.DecodeConfig(bytes.NewReader(data)); err != nil || c.Width < 100 {
				t.Errorf("%s: %s is no picture: %+v, %v", test.name, name, c, err)
			}
		}
	}
}

// TestFonts has matplotlib's list of fonts made once, and shows that sessions use it and cannot change it.
func TestFonts(t *testing.T) {
	scientific(t)
	home := t.TempDir()
	t.Setenv("QWEN_AGENT_HOME", home)
	var notices []string
	language := Language{Notice: func(text string) { notices = append(notices, text) }}
	const find = `import os, matplotlib, matplotlib.font_manager
name = [n for n in os.listdir(matplotlib.get_cachedir()) if n.startswith('fontlist')][0]
kept = os.path.join(matplotlib.get_cachedir(), name)
os.path.islink(kept), len(matplotlib.font_manager.fontManager.ttflist) > 10`
	for range 2 {
		s := open(t, interpreter.Options{Language: language})
		if r := run(t, s, find); r.Error != nil || r.Value != "(True, True)" || r.Stderr != "" {
			t.Fatalf("%q, %q, %+v", r.Value, r.Stderr, r.Error)
		}
		for _, code := range []string{"open(kept, 'w')", "os.remove(os.path.realpath(kept))", "open(os.path.join(os.path.dirname(os.path.realpath(kept)), 'x'), 'w')"} {
			if r := run(t, s, code); r.Error == nil {
				t.Errorf("%s: a session could change the list of all", code)
			}
		}
	}
	kept, err := filepath.Glob(filepath.Join(home, "python", "*", "fontlist*.json"))
	if err != nil || len(kept) != 1 || len(notices) != 1 {
		t.Fatalf("kept %v, %v; notices %q", kept, err, notices)
	}
	found, err := Find(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	lists.Lock()
	lists.of = nil // as in a new process
	lists.Unlock()
	kernel, err := language.Kernel(t.Context())
	if err != nil || len(notices) != 1 || !slices.Contains(kernel.Program.Read, filepath.Dir(kept[0])) {
		t.Errorf("in another process: %v, notices %q", err, notices)
	}
	other := *found
	other.Version += "-other"
	if other.fontsKey() == found.fontsKey() {
		t.Error("another interpreter has the same list")
	}
	other.Path = nil
	if key := other.fontsKey(); key != "" {
		t.Errorf("without matplotlib there is a list %s", key)
	}
}

// TestFontsFail shows that a list that cannot be made or kept keeps nobody from opening a session.
func TestFontsFail(t *testing.T) {
	scientific(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("QWEN_AGENT_HOME", file) // no folder can be made there
	s := open(t, interpreter.Options{})
	if r := run(t, s, "import matplotlib.font_manager as f\nlen(f.fontManager.ttflist) > 10"); r.Error != nil || r.Value != "True" {
		t.Errorf("%q, %+v", r.Value, r.Error)
	}
	t.Setenv("QWEN_AGENT_HOME", t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (Language{}).Kernel(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that is over: %v", err)
	}
}
