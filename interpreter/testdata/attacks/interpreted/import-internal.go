// try: import internal/poll
// layer: language
// effect: word: it runs
// want: CompileError.*cannot be imported
// bare: no, nothing outside is aimed at
// only: interpreted
package main

import "internal/poll"

func main() {
	poll.CloseFunc(4)
	effect("it runs")
}
