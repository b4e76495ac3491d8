package chart

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"
)

// FuzzDraw: a chart is drawn or there is an Error, in a time that fits its size.
func FuzzDraw(f *testing.F) {
	floats := func(values ...float64) (data []byte) {
		for _, v := range values {
			data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
		}
		return data
	}
	f.Add(uint8(0), uint16(120), uint16(120), "title", "名", floats(1, 2, 3, 4))
	f.Add(uint8(1), uint16(960), uint16(600), "", "a name that is long", floats(-1e100, 1e100))
	f.Add(uint8(2+8), uint16(200), uint16(120), "x\ny", "", floats(1e-300, 1e99, 5, 5))
	f.Add(uint8(3+16), uint16(120), uint16(300), "t", "n", floats(1e-9, 1e-9, math.NaN(), 7))
	f.Add(uint8(4+32), uint16(640), uint16(480), "t", "n", floats(0, math.SmallestNonzeroFloat64, -1))
	f.Add(uint8(5+64), uint16(640), uint16(480), "t", "n", floats(0, 1e15, 1e15+1, 4e9))
	f.Fuzz(func(t *testing.T, what uint8, width, height uint16, title, name string, data []byte) {
		if len(data) > 4000 || len(title) > 500 || len(name) > 500 || width > 1000 || height > 1000 {
			return
		}
		c := Chart{Kind: Kinds[int(what%8)%len(Kinds)], Title: title, XLabel: name, YLabel: title, LogX: what&8 != 0, LogY: what&16 != 0, Dates: what&32 != 0}
		var values []float64
		for i := 0; i+8 <= len(data); i += 8 {
			values = append(values, math.Float64frombits(binary.LittleEndian.Uint64(data[i:])))
		}
		half := len(values) / 2
		c.Series = []Series{{Name: name, X: values[:half], Y: values[half : 2*half]}, {Name: title, Y: values[:half]}}
		if what&64 != 0 || c.Kind == Bar || c.Kind == Heatmap || c.Kind == Histogram || c.Kind == Box {
			c.Series[0].X = nil
			for range half {
				c.Names = append(c.Names, name)
			}
		}
		o := Options{Format: SVG, Width: int(width), Height: int(height), Fonts: FontFiles()}
		if what&128 != 0 {
			o.Format = PNG
		}
		var b bytes.Buffer
		if _, err := c.Draw(&b, o); err != nil {
			if _, ok := err.(Error); !ok {
				t.Fatalf("error of another kind: %v", err)
			}
			if b.Len() > 0 {
				t.Fatal("an error, and a picture")
			}
		}
	})
}
