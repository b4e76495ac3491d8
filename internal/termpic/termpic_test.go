package termpic

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi/sixel"
)

// picture is a PNG whose left half is red and whose right half is blue.
func picture(w, h int) []byte {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 0, 0, 255}
			if x >= w/2 {
				c = color.RGBA{0, 0, 255, 255}
			}
			p.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	png.Encode(&b, p)
	return b.Bytes()
}

func TestEnvironment(t *testing.T) {
	for _, c := range []struct {
		env   map[string]string
		want  Protocol
		known bool
	}{
		{map[string]string{"TERM": "xterm-kitty"}, Kitty, true},
		{map[string]string{"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, Kitty, true},
		{map[string]string{"TERM": "xterm-256color", "TERM_PROGRAM": "ghostty"}, Kitty, true},
		{map[string]string{"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, ITerm2, true},
		{map[string]string{"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, ITerm2, true},
		{map[string]string{"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, ITerm2, true},
		{map[string]string{"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, None, true},
		{map[string]string{"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1", "TMUX": "x"}, None, false},
		{map[string]string{"TERM": "screen", "TERM_PROGRAM": "iTerm.app"}, None, false},
		{map[string]string{"TERM": "xterm-256color"}, None, false},
		{map[string]string{"TERM": "linux"}, None, true},
		{map[string]string{"TERM": "dumb"}, None, true},
		{nil, None, true},
	} {
		if p, known := fromEnv(func(name string) string { return c.env[name] }); p != c.want || known != c.known {
			t.Errorf("%v: %v, %v; want %v, %v", c.env, p, known, c.want, c.known)
		}
	}
}

// terminal answers in pieces, with nothing to read in between.
type terminal struct {
	asked  bytes.Buffer
	pieces []string
	err    error
}

func (t *terminal) Write(p []byte) (int, error) { return t.asked.Write(p) }
func (t *terminal) Read(p []byte) (int, error) {
	if len(t.pieces) == 0 {
		if t.err != nil {
			return 0, t.err
		}
		time.Sleep(time.Millisecond)
		return 0, io.EOF
	}
	n := copy(p, t.pieces[0])
	t.pieces = t.pieces[1:]
	return n, nil
}

func TestAsk(t *testing.T) {
	for _, c := range []struct {
		name   string
		pieces []string
		err    error
		want   Protocol
	}{
		{"kitty", []string{"\x1b_Gi=31;OK\x1b\\\x1b[?62;4c"}, nil, Kitty},
		{"kitty that cannot", []string{"\x1b_Gi=31;ENOTSUPPORTED\x1b\\\x1b[?62;22c"}, nil, None},
		{"sixels", []string{"\x1b[?65;1;4;9;22c"}, nil, Sixel},
		{"no sixels, but a 4 in a number", []string{"\x1b[?64;14;40c"}, nil, None},
		{"in pieces", []string{"\x1b_Gi=3", "1;OK\x1b", "", "\\\x1b[?6", "2c"}, nil, Kitty},
		{"typing before", []string{"ls\r", "\x1b[?62;4c"}, nil, Sixel},
		{"silence", nil, nil, None},
		{"half an answer", []string{"\x1b[?62;4"}, nil, None},
		{"a flood", []string{strings.Repeat("x", 250), strings.Repeat("x", 250)}, nil, None},
		{"an error", nil, errors.New("gone"), None},
	} {
		tty := &terminal{pieces: c.pieces, err: c.err}
		if got := ask(tty, questions, 50*time.Millisecond); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if tty.asked.String() != questions {
			t.Errorf("%s: asked %q", c.name, tty.asked.String())
		}
	}
}

func TestKitty(t *testing.T) {
	data := append(picture(400, 10), make([]byte, 8000)...) // what follows a PNG is passed over
	var out bytes.Buffer
	if err := Write(&out, Kitty, Screen{Columns: 30, Rows: 20, Width: 300, Height: 400}, data); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	if !strings.HasPrefix(text, "\x1b_Ga=T,f=100,q=2,c=30,m=1;") || !strings.HasSuffix(text, "\x1b\\\n") {
		t.Errorf("%.60q … %q", text, text[len(text)-10:])
	}
	var joined strings.Builder
	pieces := regexp.MustCompile("\x1b_G[^;]*m=([01]);([^\x1b]*)\x1b\\\\").FindAllStringSubmatch(text, -1)
	for i, p := range pieces {
		if last := i == len(pieces)-1; len(p[2]) > 4096 || (p[1] == "0") != last {
			t.Errorf("piece %d of %d has %d bytes and m=%s", i, len(pieces), len(p[2]), p[1])
		}
		joined.WriteString(p[2])
	}
	if back, err := base64.StdEncoding.DecodeString(joined.String()); err != nil || !bytes.Equal(back, data) || len(pieces) < 2 {
		t.Errorf("%d pieces have another picture, %v", len(pieces), err)
	}
	p, _, _ := image.Decode(bytes.NewReader(picture(20, 20)))
	var photo bytes.Buffer
	jpeg.Encode(&photo, p, nil)
	out.Reset()
	if err := Write(&out, Kitty, Screen{}, photo.Bytes()); err != nil || !strings.Contains(out.String(), base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n"))[:8]) {
		t.Errorf("a JPEG is not sent as PNG: %v", err)
	}
}

func TestITerm2(t *testing.T) {
	data := picture(90, 18)
	var out bytes.Buffer
	if err := Write(&out, ITerm2, Screen{}, data); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("\x1b]1337;File=inline=1;size=%d;width=10;preserveAspectRatio=1:%s\a\n", len(data), base64.StdEncoding.EncodeToString(data))
	if out.String() != want {
		t.Errorf("%.100q, want %.100q", out.String(), want)
	}
}

// TestSixel decodes what was sent.
func TestSixel(t *testing.T) {
	var out bytes.Buffer
	if err := Write(&out, Sixel, Screen{Columns: 20, Rows: 24, Width: 200, Height: 480}, picture(400, 120)); err != nil {
		t.Fatal(err)
	}
	body, ok := strings.CutPrefix(out.String(), "\x1bP0;1;0q")
	body, end := strings.CutSuffix(body, "\x1b\\\n")
	if !ok || !end {
		t.Fatalf("%.40q", out.String())
	}
	var decoder sixel.Decoder
	back, err := decoder.Decode(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if b := back.Bounds(); b.Dx() != 200 || b.Dy() < 60 || b.Dy() > 65 {
		t.Errorf("the picture has %v", b)
	}
	for x, want := range map[int]color.RGBA{20: {255, 0, 0, 255}, 180: {0, 0, 255, 255}} {
		if got := color.RGBAModel.Convert(back.At(x, 30)); got != want {
			t.Errorf("at %d is %v, want %v", x, got, want)
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		s             Screen
		width, height int
		want          int
	}{
		{Screen{}, 960, 600, 960},
		{Screen{Columns: 80, Rows: 24, Width: 800, Height: 480}, 960, 600, 704}, // 22 rows of 20
		{Screen{Columns: 80, Rows: 100, Width: 800, Height: 2000}, 960, 600, 800},
		{Screen{Columns: 200, Rows: 60}, 960, 600, 960},
		{Screen{Columns: 1, Rows: 1}, 960, 600, 9},
		{Screen{Columns: 80, Rows: 24}, 1, 100000, 1},
	} {
		if got := fit(c.s, c.width, c.height); got != c.want {
			t.Errorf("%+v, %d × %d: %d, want %d", c.s, c.width, c.height, got, c.want)
		}
	}
}

func TestBadPictures(t *testing.T) {
	huge := picture(1, 1)
	copy(huge[16:], []byte{0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff}) // the sizes in the header, whose checksum is then wrong
	for name, data := range map[string][]byte{"nothing": nil, "text": []byte("<svg/>"), "half": picture(10, 10)[:30], "huge": huge, "long": make([]byte, MaxBytes+1)} {
		for _, p := range []Protocol{Kitty, ITerm2, Sixel} {
			var out bytes.Buffer
			if err := Write(&out, p, Screen{}, data); err == nil || out.Len() > 0 {
				t.Errorf("%s by %v: %v, and %d bytes", name, p, err, out.Len())
			}
		}
	}
	if err := Write(io.Discard, None, Screen{}, picture(1, 1)); err == nil {
		t.Error("a terminal without pictures shows one")
	}
}
