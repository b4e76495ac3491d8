// try: import qwen.agent/host
// layer: language
// effect: word: it runs
// want: CompileError.*cannot be imported
// bare: no, nothing outside is aimed at
// only: interpreted
package main

import "qwen.agent/host"

func main() {
	host._qwen_show(1)
	effect("it runs")
}
