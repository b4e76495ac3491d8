// try: import github.com/qwen-agent/qwen-agent/interpreter/golang/library
// layer: language
// effect: word: it runs
// want: CompileError.*cannot be imported
// bare: no, nothing outside is aimed at
// only: interpreted
package main

import "github.com/qwen-agent/qwen-agent/interpreter/golang/library"

func main() {
	library.Replace("os", "Exit", nil)
	effect("it runs")
}
