package termpic

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"time"
)

// fromEnv says what the environment tells of a terminal; known is false if it tells
// nothing.
func fromEnv(env func(string) string) (p Protocol, known bool) {
	name, program := env("TERM"), env("TERM_PROGRAM")
	switch {
	case name == "" || name == "dumb" || name == "linux":
		return None, true
	case env("TMUX") != "" || strings.HasPrefix(name, "screen") || strings.HasPrefix(name, "tmux"):
		return None, false // the variables are those of the terminal around it, which gets no pictures through
	case name == "xterm-kitty" || name == "xterm-ghostty" || program == "ghostty" || env("KITTY_WINDOW_ID") != "":
		return Kitty, true
	case program == "iTerm.app" || program == "WezTerm" || env("LC_TERMINAL") == "iTerm2":
		return ITerm2, true
	case program == "Apple_Terminal":
		return None, true
	}
	return None, false
}

// The questions: draw nothing by the protocol of kitty and say whether that would work;
// then the primary device attributes, which every terminal answers. What has answered only
// the second one does not know the first.
const questions = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\" + attributes

const attributes = "\x1b[c"

// ask asks a terminal what it can show. tty reads without waiting long and gives io.EOF
// where nothing is there yet.
func ask(tty io.ReadWriter, question string, patience time.Duration) Protocol {
	if _, err := io.WriteString(tty, question); err != nil {
		return None
	}
	var answer []byte
	buf := make([]byte, 256)
	for until := time.Now().Add(patience); time.Now().Before(until) && len(answer) < 4096; {
		n, err := tty.Read(buf)
		answer = append(answer, buf[:n]...)
		if p, complete := read(answer); complete {
			return p
		}
		if err != nil && err != io.EOF {
			break
		}
	}
	return None
}

// read reads the answers; complete is false while the last one is missing.
func read(answer []byte) (p Protocol, complete bool) {
	kitty := bytes.Contains(answer, []byte("\x1b_Gi=31;OK"))
	_, rest, found := bytes.Cut(answer, []byte("\x1b[?"))
	if !found {
		return None, false
	}
	list, _, found := bytes.Cut(rest, []byte("c"))
	switch {
	case !found:
		return None, false
	case kitty:
		return Kitty, true
	case slices.Contains(strings.Split(string(list), ";"), "4"): // the attribute of sixels
		return Sixel, true
	}
	return None, true
}
