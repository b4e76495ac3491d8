//go:build !amd64 || purego

package attn

var active = reference
