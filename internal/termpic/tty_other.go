//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package termpic

import "os"

// Detect returns None: on this system no terminal is asked.
func Detect(*os.File) Protocol { return None }

// ScreenOf returns an unknown size.
func ScreenOf(*os.File) Screen { return Screen{} }
