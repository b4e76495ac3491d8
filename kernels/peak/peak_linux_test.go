package peak

import (
	"testing"

	"golang.org/x/sys/unix"
)

// TestRead reads every length that has a tail of its own, at every alignment, up to a page that cannot
// be read.
func TestRead(t *testing.T) {
	const page = 4096
	b, err := unix.Mmap(-1, 0, 2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(b)
	if err := unix.Mprotect(b[page:], unix.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	for n := range 1100 {
		Read(b[page-n : page])
		readRef(b[page-n : page])
	}
}
