//go:build !unix

package speed

// PeakMemory returns 0: the system does not tell.
func PeakMemory() int64 { return 0 }
