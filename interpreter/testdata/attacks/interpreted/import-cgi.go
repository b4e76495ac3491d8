// try: import net/http/cgi
// layer: language
// effect: word: it runs
// want: CompileError.*cannot be imported
// bare: no, nothing outside is aimed at
// only: interpreted
package main

import "net/http/cgi"

func main() {
	(&cgi.Handler{Path: "/bin/sh"}).ServeHTTP(nil, nil)
	effect("it runs")
}
