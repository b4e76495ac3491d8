package symbols

import (
	"log"
	"os"
)

// The extractor puts these in the place of what would end the process. Package machine has
// its own.
func osExit(int)                             { panic("os.Exit") }
func osFindProcess(int) (*os.Process, error) { return nil, os.ErrPermission }
func logFatal(v ...any)                      { log.Panic(v...) }
func logFatalf(format string, v ...any)      { log.Panicf(format, v...) }
func logFatalln(v ...any)                    { log.Panicln(v...) }

type logLogger = log.Logger

var logNew = log.New
