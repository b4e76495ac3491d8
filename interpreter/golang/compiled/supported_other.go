//go:build !unix

package compiled

// supported says whether programs can be run here as the kernel does it.
const supported = false
