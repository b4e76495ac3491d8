package python

import (
	"bytes"
	"image/png"
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
