//go:build !linux

package engine

import "runtime"

// cores returns the number of processors.
func cores() int { return runtime.NumCPU() }
