package variant

import (
	"os"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	for _, c := range []struct {
		limit      string
		avx2, vnni bool
		want       string
	}{
		{"", true, true, VNNI},
		{"", true, false, AVX2},
		{"", false, false, Generic},
		{"vnni", true, true, VNNI},
		{"vnni", true, false, AVX2},
		{"vnni", false, false, Generic},
		{"avx2", true, true, AVX2},
		{"avx2", true, false, AVX2},
		{"avx2", false, false, Generic},
		{"generic", true, true, Generic},
		{"generic", false, false, Generic},
	} {
		if got, err := choose(c.limit, c.avx2, c.vnni); got != c.want || err != nil {
			t.Errorf("choose(%q, %v, %v) = %q, %v, want %q", c.limit, c.avx2, c.vnni, got, err, c.want)
		}
	}
}

func TestChooseUnknown(t *testing.T) {
	got, err := choose("avx3", true, true)
	if got != Generic || err == nil || !strings.Contains(err.Error(), `QWEN_KERNELS is "avx3", want "generic", "avx2" or "vnni"`) {
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
