//go:build !linux

package gguf

// dropPages does nothing: other systems take the pages when they need memory.
func dropPages([]byte) {}
