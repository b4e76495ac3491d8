package compiled

import (
	"strings"
	"testing"
)

func TestCrashWriter(t *testing.T) {
	for _, test := range []struct {
		name, text, passed, held string
	}{
		{"plain", "a\nb", "a\nb", ""},
		{"almost", "panic:\nfatal\nrun", "panic:\nfatal\n", ""}, // run may go on: released at the end
		{"in the middle of a line", "no panic: x\n", "no panic: x\n", ""},
		{"report", "warn\npanic: x\n\ngoroutine 1 [running]:\n", "warn\n", "panic: x\n\ngoroutine 1 [running]:\n"},
		{"runtime", "runtime: out\nfatal error: y\n", "", "runtime: out\nfatal error: y\n"},
	} {
		for _, size := range []int{1, 3, 1000} {
			var out strings.Builder
			w := &crashWriter{out: &out}
			for rest := test.text; rest != ""; {
				n := min(size, len(rest))
				w.Write([]byte(rest[:n]))
				rest = rest[n:]
			}
			if out.String() != test.passed || string(w.held) != test.held {
				t.Errorf("%s, %d bytes at a time: passed %q, held %q", test.name, size, out.String(), w.held)
			}
			_, crashed := w.report()
			if crashed != (test.held != "") {
				t.Errorf("%s: it is a report: %v", test.name, crashed)
			}
			w.release()
			if out.String() != test.text {
				t.Errorf("%s: in the end %q", test.name, out.String())
			}
		}
	}
	var out strings.Builder
	w := &crashWriter{out: &out}
	long := "panic: " + strings.Repeat("x\n", maxHeld)
	w.Write([]byte(long[:1000]))
	w.Write([]byte(long[1000:]))
	w.Write([]byte("panic: y\n"))
	w.release()
	if out.String() != long+"panic: y\n" {
		t.Errorf("%d bytes that only begin like a report: %d came through", len(long), out.Len())
	}
}

func FuzzCrash(f *testing.F) {
	f.Add("panic: x\n\ngoroutine 1 [running]:\nmain.f(...)\n\tcell 1:2\nmain.g(0x1)\n\tcell 1:3 +0x1\n")
	f.Add("runtime: a\nfatal error: b\n\nruntime stack:\nx()\n\ty:1\n\ngoroutine 1 gp=0x1 m=0 mp=0x2 [running]:\na(0x1)\n\tb:1 +0x1 fp=0x2\n")
	f.Fuzz(func(t *testing.T, text string) {
		e := crashError(text, "cell 1")
		if len(e.Trace) > maxTrace+100 || len(e.Message) > 2100 {
			t.Errorf("a message of %d bytes, a trace of %d", len(e.Message), len(e.Trace))
		}
		var out strings.Builder
		w := &crashWriter{out: &out}
		w.Write([]byte(text))
		w.release()
		if out.String() != text {
			t.Errorf("%q became %q", text, out.String())
		}
	})
}
