//go:build !amd64 || purego

package variant

const hasAVX2, hasVNNI = false, false
