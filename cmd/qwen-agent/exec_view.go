package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/qwen-agent/qwen-agent/interpreter"
)

// cellView shows cells: what they print while they run, then what came of them.
type cellView struct {
	out, err io.Writer
	json     bool
	kept     bool // files are copied to a folder of the user's

	mu    sync.Mutex
	open  bool // the last line that was written to out has not ended
	clean func(string) string

	pictures *pictures                         // nil shows none
	read     func(name string) ([]byte, error) // a file of the session
}

// showOn has the pictures of a session shown.
func (v *cellView) showOn(p *pictures, s *interpreter.Session) { v.pictures, v.read = p, s.ReadFile }

// stream takes a piece of a cell's output. A terminal is not given control characters,
// which could hide what stands there or act on it.
func (v *cellView) stream(o interpreter.Output) {
	v.mu.Lock()
	defer v.mu.Unlock()
	text := string(o.Text)
	if v.clean != nil {
		text = v.clean(text)
	}
	if o.Stderr {
		io.WriteString(v.err, text)
		return
	}
	io.WriteString(v.out, text)
	if text != "" {
		v.open = !strings.HasSuffix(text, "\n")
	}
}

// show shows what came of a cell. Its output has been streamed, unless as JSON.
func (v *cellView) show(r interpreter.Result) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.json {
		line, err := json.Marshal(r)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(v.out, "%s\n", line)
		return err
	}
	if v.open {
		fmt.Fprintln(v.out)
		v.open = false
	}
	for _, cut := range []struct {
		name string
		n    int64
	}{{"stdout", r.StdoutCut}, {"stderr", r.StderrCut}} {
		if cut.n > 0 {
			fmt.Fprintf(v.err, "%s: %d bytes are left out\n", cut.name, cut.n)
		}
	}
	if r.Value != "" {
		if _, err := fmt.Fprintln(v.out, v.printed(r.Value)); err != nil {
			return err
		}
	}
	if r.Notice != "" {
		fmt.Fprintln(v.err, v.printed(r.Notice))
	}
	for _, f := range r.Files {
		kept := ""
		if !v.kept && f.Change != interpreter.Removed {
			kept = " (in the sandbox only; --workspace keeps files)"
		}
		fmt.Fprintf(v.err, "%s %s%s\n", f.Change, v.printed(f.Name), kept)
	}
	if v.pictures != nil {
		for _, name := range r.Pictures {
			data, err := v.read(name)
			if err == nil {
				err = v.pictures.show(data)
			}
			if err != nil {
				fmt.Fprintln(v.err, v.printed(fmt.Sprintf("%s: %v", name, err)))
			}
		}
	}
	if e := r.Error; e != nil {
		text := strings.TrimRight(e.Trace, "\n")
		if text == "" || r.Stopped != "" || r.Ended {
			text = e.Type + ": " + e.Message
		}
		fmt.Fprintln(v.err, v.printed(text))
	}
	return nil
}

func (v *cellView) printed(s string) string {
	if v.clean != nil {
		return v.clean(s)
	}
	return s
}

// byteSize is a flag: a number of bytes, with K, M or G for powers of 1024.
type byteSize int64

func (b *byteSize) String() string {
	n := int64(*b)
	for _, u := range []struct {
		shift int
		name  string
	}{{30, "G"}, {20, "M"}, {10, "K"}} {
		if n != 0 && n%(1<<u.shift) == 0 {
			return strconv.FormatInt(n>>u.shift, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}

func (b *byteSize) Set(s string) error {
	number, shift := strings.ToUpper(strings.TrimSpace(s)), 0
	number = strings.TrimSuffix(strings.TrimSuffix(number, "B"), "I")
	for unit, by := range map[string]int{"K": 10, "M": 20, "G": 30} {
		if rest, ok := strings.CutSuffix(number, unit); ok {
			number, shift = rest, by
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > 1<<(62-shift) {
		return fmt.Errorf("%q is no number of bytes, wanted one such as 512M", s)
	}
	*b = byteSize(n << shift)
	return nil
}

func (b *byteSize) Type() string { return "bytes" }
