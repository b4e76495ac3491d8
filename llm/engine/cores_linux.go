package engine

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// cores returns the number of physical cores: of two hardware threads that share a core's
// arithmetic, the second adds little to matrix products.
func cores() int {
	seen := map[string]bool{}
	for i := range runtime.NumCPU() {
		siblings, err := os.ReadFile(fmt.Sprintf("/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", i))
		if err != nil {
			return runtime.NumCPU()
		}
		seen[strings.TrimSpace(string(siblings))] = true
	}
	return max(1, len(seen))
}
