package sessions

import (
	"fmt"
	"os"
)

// holds returns the resident memory of this process in KiB, without that of files, and how many descriptors it has open.
func holds() (rss int64, descriptors int) {
	if text, err := os.ReadFile("/proc/self/statm"); err == nil {
		var size, resident, shared int64 // pages
		if _, err := fmt.Sscan(string(text), &size, &resident, &shared); err == nil {
			rss = (resident - shared) * int64(os.Getpagesize()) >> 10
		}
	}
	if entries, err := os.ReadDir("/proc/self/fd"); err == nil {
		descriptors = len(entries) - 1 // one is that of the list
	}
	return rss, descriptors
}
