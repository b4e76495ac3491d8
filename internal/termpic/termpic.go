// Package termpic shows pictures in terminals that can: by the graphics protocol of kitty,
// that of iTerm2, or sixels.
package termpic

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // what a program's pictures may be, besides PNG
	_ "image/jpeg"
	"image/png"
	"io"

	"github.com/charmbracelet/x/ansi/sixel"
	"golang.org/x/image/draw"
)

// Protocol is a way to send a picture to a terminal.
type Protocol int

// The protocols.
const (
	None   Protocol = iota // the terminal shows no pictures, or does not say so
	Kitty                  // https://sw.kovidgoyal.net/kitty/graphics-protocol/
	ITerm2                 // https://iterm2.com/documentation-images.html
	Sixel                  // https://vt100.net/docs/vt3xx-gp/chapter14.html
)

func (p Protocol) String() string { return [...]string{"none", "kitty", "iterm2", "sixel"}[p] }

// Screen is the size of a terminal. A zero is not known.
type Screen struct {
	Columns, Rows int
	Width, Height int // pixels
}

// cell returns the size of a character in pixels.
func (s Screen) cell() (w, h int) {
	if s.Width > 0 && s.Height > 0 && s.Columns > 0 && s.Rows > 0 {
		return max(1, s.Width/s.Columns), max(1, s.Height/s.Rows)
	}
	return 9, 18
}

// Limits of a picture that is shown.
const (
	MaxBytes  = 32 << 20
	maxPixels = 16 << 20
)

// Write writes a picture (PNG, JPEG or GIF) as a protocol wants it, at most as wide as the
// screen and nearly as high, and a newline.
func Write(w io.Writer, p Protocol, s Screen, data []byte) error {
	if p == None {
		return errors.New("show a picture: the terminal has no protocol for it")
	}
	if len(data) > MaxBytes {
		return fmt.Errorf("show a picture: it has %d bytes, at most %d are shown", len(data), MaxBytes)
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("show a picture: %w", err)
	}
	if config.Width < 1 || config.Height < 1 || config.Width > maxPixels/config.Height {
		return fmt.Errorf("show a picture: it has %d × %d pixels, which is not shown", config.Width, config.Height)
	}
	width := fit(s, config.Width, config.Height)
	var out bytes.Buffer
	switch p {
	case Kitty:
		if format != "png" {
			if data, err = asPNG(data); err != nil {
				return err
			}
		}
		kitty(&out, data, s, width)
	case ITerm2:
		iterm2(&out, data, s, width)
	case Sixel:
		if err := sixels(&out, data, width); err != nil {
			return err
		}
	}
	out.WriteByte('\n')
	_, err = w.Write(out.Bytes())
	return err
}

// fit returns the width in pixels at which a picture fits the screen.
func fit(s Screen, width, height int) int {
	cellWidth, cellHeight := s.cell()
	fitted := width
	if s.Columns > 0 {
		fitted = min(fitted, s.Columns*cellWidth)
	}
	if most := (s.Rows - 2) * cellHeight; s.Rows > 4 && height*fitted/width > most {
		fitted = max(1, width*most/height)
	}
	return fitted
}

// columns returns how many characters are as wide as so many pixels.
func columns(s Screen, width int) int {
	cell, _ := s.cell()
	return max(1, (width+cell-1)/cell)
}

// kitty sends a PNG in pieces of at most 4096 bytes. q=2 asks for no reply, which would be
// taken for typing.
func kitty(out *bytes.Buffer, data []byte, s Screen, width int) {
	text := base64.StdEncoding.EncodeToString(data)
	const piece = 4096
	for first := true; first || text != ""; first = false {
		n := min(len(text), piece)
		more := 0
		if n < len(text) {
			more = 1
		}
		if first {
			fmt.Fprintf(out, "\x1b_Ga=T,f=100,q=2,c=%d,m=%d;", columns(s, width), more)
		} else {
			fmt.Fprintf(out, "\x1b_Gm=%d;", more)
		}
		out.WriteString(text[:n])
		out.WriteString("\x1b\\")
		text = text[n:]
	}
}

func iterm2(out *bytes.Buffer, data []byte, s Screen, width int) {
	fmt.Fprintf(out, "\x1b]1337;File=inline=1;size=%d;width=%d;preserveAspectRatio=1:%s\a", len(data), columns(s, width), base64.StdEncoding.EncodeToString(data))
}

// sixels sends the pixels themselves, so the picture is made smaller here.
func sixels(out *bytes.Buffer, data []byte, width int) error {
	picture, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("show a picture: %w", err)
	}
	from := picture.Bounds()
	to := image.NewRGBA(image.Rect(0, 0, width, max(1, from.Dy()*width/from.Dx())))
	draw.Draw(to, to.Rect, image.White, image.Point{}, draw.Src) // sixels have no transparency that terminals agree on
	if width == from.Dx() {
		draw.Draw(to, to.Rect, picture, from.Min, draw.Over)
	} else {
		draw.CatmullRom.Scale(to, to.Rect, picture, from, draw.Over, nil)
	}
	out.WriteString("\x1bP0;1;0q")
	var encoder sixel.Encoder
	if err := encoder.Encode(out, to); err != nil {
		return fmt.Errorf("show a picture: %w", err)
	}
	out.WriteString("\x1b\\")
	return nil
}

func asPNG(data []byte) ([]byte, error) {
	picture, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("show a picture: %w", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return nil, fmt.Errorf("show a picture: %w", err)
	}
	return b.Bytes(), nil
}
