//go:build amd64 && !purego

package prefetch

func fetch(b []byte) {
	if n := len(b); n > 0 {
		lines(&b[0], (n+line-1)/line)
	}
}
