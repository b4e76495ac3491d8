package variant

import (
	"os"
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
		if got := choose(c.limit, c.avx2); got != c.want {
			t.Errorf("choose(%q, %v) = %q, want %q", c.limit, c.avx2, got, c.want)
		}
	}
}

func TestChooseUnknown(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("choose accepted a variant that does not exist")
		}
	}()
	choose("avx3", true)
}

// TestWanted fails where a run names a variant that is not active, so that tests skipped for want of
// hardware do not pass for tests that ran.
func TestWanted(t *testing.T) {
	if want := os.Getenv("QWEN_KERNELS_WANT"); want != "" && want != Name() {
		t.Fatalf("QWEN_KERNELS_WANT is %q, but %q is active", want, Name())
	}
	t.Logf("active: %s", Name())
}
