//go:build ignore

// This program writes a file of symbols for each package that is named, with what yaegi's
// extractor says of it. The tables are made when they are first asked for.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"os"
	"strings"

	"github.com/traefik/yaegi/extract"
)

func main() {
	for _, path := range os.Args[1:] {
		var out bytes.Buffer
		e := extract.Extractor{Dest: "symbols"}
		if _, err := e.Extract(path, "", &out); err != nil {
			log.Fatal(err)
		}
		text := out.String()
		from := strings.Index(text, "func init() {\n\tSymbols[")
		end := strings.Index(text[from:], "\n\t}\n}\n")
		if from < 0 || end < 0 {
			log.Fatalf("%s: the extractor's file is not as it was", path)
		}
		body := text[from : from+end]
		body = body[strings.Index(body, "= map")+2:]
		text = text[:from] + fmt.Sprintf("func init() {\n\ttables[%q] = func() map[string]reflect.Value {\n\t\treturn %s\n\t\t}\n\t}\n}\n", path, body) + text[from+end+len("\n\t}\n}\n"):]
		text = strings.Replace(text, "package symbols\n", "//lint:file-ignore SA1019 the tables have all that there is\n\npackage symbols\n", 1)
		source, err := format.Source([]byte(text))
		if err != nil {
			log.Fatalf("%s: %v", path, err)
		}
		if err := os.WriteFile(strings.ReplaceAll(path, "/", "_")+".go", source, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
