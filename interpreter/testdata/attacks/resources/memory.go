// try: take ten gigabytes of memory
// layer: rlimits
// effect: word: it has them
// want: MemoryLimit|limit of memory|out of memory|cannot allocate
// bare: no, it would fill this machine's memory
package main

func main() {
	var kept [][]byte
	for range 10 << 10 {
		b := make([]byte, 1<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		kept = append(kept, b)
	}
	effect("it has them")
	_ = kept
}
