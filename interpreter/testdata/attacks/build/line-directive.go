// try: have messages of the compiler name, and show, a file outside
// layer: language
// effect: leak: the file's text is shown
// want: Error
// bare: no, the kernel refuses it without a sandbox too
package main

//line /etc/passwd:1
func main() {
	undefined()
}
