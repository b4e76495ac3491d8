package compiled

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/qwen-agent/qwen-agent/interpreter/wire"
)

// crashWriter passes on what a program writes to stderr, but holds back what begins like
// the report of a crash, until the end shows whether it was one.
type crashWriter struct {
	out     io.Writer
	pending []byte // the beginning of a line that may become a mark
	held    []byte
	holding bool
	inLine  bool // the line has begun with something else
}

// marks begin a report of Go's runtime.
var marks = []string{"panic: ", "fatal error: ", "runtime: "}

// maxHeld is how much is held back; what goes on longer is no report.
const maxHeld = 256 << 10

func (w *crashWriter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		switch {
		case w.holding:
			w.held = append(w.held, p...)
			p = nil
			if len(w.held) > maxHeld {
				w.release()
				w.inLine = true
			}
		case w.inLine:
			end := bytes.IndexByte(p, '\n') + 1
			w.inLine = end == 0
			if end == 0 {
				end = len(p)
			}
			w.out.Write(p[:end])
			p = p[end:]
		default:
			w.pending = append(w.pending, p[0])
			p = p[1:]
			w.judge()
		}
	}
	return n, nil
}

// judge decides what the beginning of a line may be.
func (w *crashWriter) judge() {
	for _, m := range marks {
		if m == string(w.pending) {
			w.held, w.holding, w.pending = w.pending, true, nil
			return
		}
		if strings.HasPrefix(m, string(w.pending)) {
			return
		}
	}
	w.inLine = w.pending[len(w.pending)-1] != '\n'
	w.out.Write(w.pending)
	w.pending = nil
}

// release passes on what is held back.
func (w *crashWriter) release() {
	w.out.Write(append(w.held, w.pending...))
	w.held, w.pending, w.holding = nil, nil, false
}

// report returns what is held back, if it is the report of a crash.
func (w *crashWriter) report() (string, bool) {
	text := string(w.held)
	return text, strings.Contains(text, "\ngoroutine ") || strings.Contains(text, "\nruntime stack:") || strings.Contains(text, "fatal error: ")
}

var (
	reason    = regexp.MustCompile(`(?m)^(panic|fatal error): (.*)$`)
	offset    = regexp.MustCompile(` \+0x[0-9a-f]+( fp=.*)?$`)
	arguments = regexp.MustCompile(`\([^()*]*(0x|\.\.\.)[^()]*\)$`)
	addresses = regexp.MustCompile(` gp=0x\S* m=.*? \[`)
)

// crashError makes an error of a report. name is how positions call the cell.
func crashError(text, name string) *wire.Error {
	e := &wire.Error{Type: "panic", Message: "the program crashed"}
	if m := reason.FindStringSubmatch(text); m != nil {
		e.Type, e.Message = m[1], strings.TrimSuffix(m[2], " [recovered]")
	}
	at := regexp.MustCompile(`(?m)^\t` + regexp.QuoteMeta(name) + `:(\d+)`)
	if m := at.FindStringSubmatch(text); m != nil {
		e.Line, _ = strconv.Atoi(m[1])
	}
	e.Message = middle(e.Message, 2000)
	e.Trace = middle(cleanTrace(text), maxTrace)
	return e
}

// maxFrames is how many frames of a trace are kept, half of them from each end.
const maxFrames = 20

// cleanTrace is the reason of a crash and the frames of the goroutine that it came from,
// without those that are ours or the runtime's, and without addresses.
func cleanTrace(text string) string {
	var head, frames []string
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	inFrames := false
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		switch {
		case strings.HasPrefix(line, "goroutine "):
			if inFrames {
				i = len(lines) // of the others nothing is wanted
				continue
			}
			inFrames = true
			head = append(head, "", addresses.ReplaceAllString(line, " ["))
		case strings.HasPrefix(line, "runtime stack:"):
			for i+1 < len(lines) && lines[i+1] != "" {
				i++
			}
		case !inFrames && (strings.HasPrefix(line, "runtime: ") || line == ""):
		case !inFrames:
			head = append(head, line)
		case i+1 < len(lines) && strings.HasPrefix(lines[i+1], "\t"):
			i++
			if f := frame(line, offset.ReplaceAllString(lines[i], "")); f != "" {
				frames = append(frames, f)
			}
		}
	}
	if n := len(frames); n > maxFrames {
		left := fmt.Sprintf("… %d more …", n-maxFrames)
		frames = slices.Concat(frames[:maxFrames/2], []string{left}, frames[n-maxFrames/2:])
	}
	return strings.TrimSpace(strings.Join(append(head, frames...), "\n"))
}

// frame is a frame of a trace as it is shown, or "".
func frame(function, place string) string {
	switch {
	case strings.HasPrefix(function, "runtime."), strings.HasPrefix(place, "\t"+glue+":"):
		return ""
	case strings.HasPrefix(function, "main."+bodyName+"("):
		function = "the cell's statements"
	default:
		function = strings.Replace(function, "main."+bodyName+".", "the cell's statements, ", 1)
	}
	return arguments.ReplaceAllString(function, "(...)") + "\n" + place
}
