// Package prefetch asks for memory before it is read, so that a loop which computes for long on what it has need
// not wait for what it reads next.
package prefetch

// line is how many bytes the caches of amd64 processors take in at a time.
const line = 64

// Bytes asks for b to be brought into the first cache and does not wait for it. It changes nothing; where the
// processor has no instruction for it, it does nothing.
func Bytes(b []byte) { fetch(b) }
