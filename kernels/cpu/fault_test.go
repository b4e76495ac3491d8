//go:build unix

package cpu

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/devicetest"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// TestTruncatedFile cuts a mapped weight off while it is in use: an error, once, and the
// process lives on.
func TestTruncatedFile(t *testing.T) {
	const rows, cols = 4096, 256
	data := devicetest.Blocks(quant.Q8_0, rows*cols, rand.New(rand.NewPCG(1, 1)))
	path := filepath.Join(t.TempDir(), "weights")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	mapped, err := unix.Mmap(int(f.Fd()), 0, len(data), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(mapped)

	for _, threads := range []int{1, 3} {
		d := New(threads)
		defer d.Close()
		w, err := d.Weight(quant.Q8_0, rows, cols, mapped)
		if err != nil {
			t.Fatal(err)
		}
		x, _ := d.Buffer(2, cols)
		y, _ := d.Buffer(2, rows)
		work := func() error {
			d.Embed(x, w, []int32{1, rows - 1})
			d.Linear(x, kernels.Output{Dst: y, Weight: w})
			return d.Sync()
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := work(); err != nil {
			t.Fatalf("%d threads: %v", threads, err)
		}
		if err := os.Truncate(path, 8192); err != nil {
			t.Fatal(err)
		}
		late, err := d.Weight(quant.Q8_0, rows, cols, mapped)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err := work(); !errors.Is(err, kernels.ErrFault) {
				t.Fatalf("%d threads: error is %v, want %v", threads, err, kernels.ErrFault)
			}
			d.Linear(x, kernels.Output{Dst: y, Weight: late})
			if err := d.Sync(); !errors.Is(err, kernels.ErrFault) {
				t.Fatalf("%d threads, a weight that was not used before: error is %v, want %v", threads, err, kernels.ErrFault)
			}
		}
		if err := d.Sync(); err != nil {
			t.Errorf("%d threads: the fault is told twice: %v", threads, err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil { // what failed can be done again
			t.Fatal(err)
		}
		d.Embed(x, w, []int32{1, rows - 1})
		d.Linear(x, kernels.Output{Dst: y, Weight: w})
		want := slices.Clone(y.(*buffer).data)
		d.Linear(x, kernels.Output{Dst: y, Weight: late})
		if err := d.Sync(); err != nil || !slices.Equal(y.(*buffer).data, want) {
			t.Errorf("%d threads: with the file whole again: %v, or other products", threads, err)
		}
	}
}
