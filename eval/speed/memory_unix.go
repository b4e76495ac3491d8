//go:build unix

package speed

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// PeakMemory returns the most memory that the process ever had resident, in bytes, pages
// of mapped files included; 0 if the system does not tell.
func PeakMemory() int64 {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(u.Maxrss) // in bytes, everywhere else in KiB
	}
	return int64(u.Maxrss) << 10
}
