// Command qwen-agent runs agents with a local Qwen model. docs/cli.md describes it.
package main

import "os"

func main() { os.Exit(execute(os.Args[1:])) }
