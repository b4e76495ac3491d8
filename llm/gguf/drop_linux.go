package gguf

import "golang.org/x/sys/unix"

// dropPages takes pages of a shared, read-only mapping out of the process. They stay in the system's cache,
// from where the next reading brings them back.
func dropPages(b []byte) {
	_ = unix.Madvise(b, unix.MADV_DONTNEED) // only advice: whether it is followed does not matter
}
