// try: have the checker make constants that fit into no memory
// layer: session
// effect: hang: the result does not come
// want: Error|Crash|MemoryLimit|Timeout
// limits: wall=10s memory=256MB
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

const a = "0123456789abcdef"
const b = a + a + a + a + a + a + a + a + a + a + a + a + a + a + a + a
const c = b + b + b + b + b + b + b + b + b + b + b + b + b + b + b + b
const d = c + c + c + c + c + c + c + c + c + c + c + c + c + c + c + c
const e = d + d + d + d + d + d + d + d + d + d + d + d + d + d + d + d
const f = e + e + e + e + e + e + e + e + e + e + e + e + e + e + e + e
const g = f + f + f + f + f + f + f + f + f + f + f + f + f + f + f + f
const h = g + g + g + g + g + g + g + g + g + g + g + g + g + g + g + g
const n = 1 << 1000000

func main() {
	println(len(h), n>>999999)
}
