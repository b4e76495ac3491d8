//go:build !amd64 || purego

package prefetch

func fetch([]byte) {}
