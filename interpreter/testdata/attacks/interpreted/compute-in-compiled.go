// try: compute in compiled code, which no interrupt of interpreted code can end
// layer: session
// effect: hang: the result does not come
// want: Timeout
// limits: wall=1s
// bare: no, the parent sees it without a sandbox too
// only: interpreted
package main

import "math/big"

func main() {
	x := new(big.Int).Lsh(big.NewInt(1), 1<<20)
	x.Sub(x, big.NewInt(3))
	println(new(big.Int).Exp(big.NewInt(3), x, x).BitLen())
}
