// try: have a package fetched from the network
// layer: language
// effect: word: it runs
// want: Error
// bare: no, the kernel refuses it without a sandbox too
package main

import evil "example.com/evil"

func main() {
	evil.Run()
	effect("it runs")
}
