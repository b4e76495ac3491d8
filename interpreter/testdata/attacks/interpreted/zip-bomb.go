// try: unpack a gigabyte out of a few bytes
// layer: session
// effect: parent: the session does not say so
// want: MemoryLimit|Crash|out of memory
// limits: memory=256MB
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import (
	"bytes"
	"compress/gzip"
	"io"
)

func main() {
	var packed bytes.Buffer
	w, _ := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	block := make([]byte, 1<<20)
	for range 384 {
		w.Write(block)
	}
	w.Close()
	r, _ := gzip.NewReader(&packed)
	text, err := io.ReadAll(r)
	println(len(text), err)
}
