package variant

import (
	"os"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	for _, c := range []struct {
		limit string
		avx2  bool
		want  string
	}{
		{"", true, AVX2},
		{"", false, Generic},
		{"avx2", true, AVX2},
		{"avx2", false, Generic},
		{"generic", true, Generic},
		{"generic", false, Generic},
	} {
		if got, err := choose(c.limit, c.avx2); got != c.want || err != nil {
			t.Errorf("choose(%q, %v) = %q, %v, want %q", c.limit, c.avx2, got, err, c.want)
		}
	}
}

func TestChooseUnknown(t *testing.T) {
	got, err := choose("avx3", true)
	if got != Generic || err == nil || !strings.Contains(err.Error(), `QWEN_KERNELS is "avx3", want "generic" or "avx2"`) {
		t.Errorf("choose accepted a variant that does not exist: %q, %v", got, err)
	}
}

// TestWanted fails where a run names a variant that is not active, so that tests skipped for want of
// hardware do not pass for tests that ran.
func TestWanted(t *testing.T) {
	if err := Err(); err != nil {
		t.Fatal(err)
	}
	if want := os.Getenv("QWEN_KERNELS_WANT"); want != "" && want != Name() {
		t.Fatalf("QWEN_KERNELS_WANT is %q, but %q is active", want, Name())
	}
	t.Logf("active: %s", Name())
}
