package cpu

import "golang.org/x/sys/unix"

// allocate asks the system for zeroed memory, in large pages if it can: weights are read from end to end
// for every token, and walking the tables of small pages costs a part of that.
func allocate(n int) ([]byte, error) {
	b, err := unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, err
	}
	// A system without large pages refuses, and small ones do.
	_ = unix.Madvise(b, unix.MADV_HUGEPAGE)
	// A child in a new user namespace is forked with all of its parent's tables, to execute another program at
	// once: in small pages 20 to 35 ms for each gigabyte.
	_ = unix.Madvise(b, unix.MADV_DONTFORK)
	return b, nil
}

func release(b []byte) {
	_ = unix.Munmap(b) // can only fail for a range that was not mapped
}
