package cpu

import (
	"sync/atomic"

	"github.com/qwen-agent/qwen-agent/kernels/gemm"
)

const (
	// sketchGroup is how many rows of a weight are estimated at a time, and looked at together.
	sketchGroup = 64
	// A sketch is begun when Estimate has been asked for a weight so many times, and is made in so many
	// parts, one each further time: short answers do without, and nobody waits long.
	sketchAfter = 12
	sketchParts = 12
	// sketchRows is how many rows a weight has at least that is worth it: vocabularies have more, and
	// other weights fewer.
	sketchRows = 1 << 14
)

// sketch is the sketch of a weight, and what is known of each sketchGroup of its rows.
type sketch struct {
	gemm.Sketch
	wide  []float32 // the largest radius
	drawn int       // rows that there are
}

func (s *sketch) ready() bool { return s != nil && s.drawn == s.Rows }

// draw makes a further part of a weight's sketch, if products become faster by it, it is worth its making
// and there is memory.
func (d *Device) draw(w *weight) {
	if w.sketch.ready() || w.unsketchable || d.err != nil {
		return
	}
	rows := w.Rows()
	if w.unsketchable = !gemm.SketchPays(w.Type, w.Cols()) || rows < sketchGroup; w.unsketchable {
		return
	}
	if w.estimated++; w.estimated <= sketchAfter {
		return
	}
	if w.sketch == nil {
		place := d.memory.take(gemm.SketchSize(rows, w.Cols()))
		if w.unsketchable = place == nil; w.unsketchable {
			return
		}
		w.sketch = &sketch{wide: make([]float32, (rows+sketchGroup-1)/sketchGroup)}
		w.sketch.Sketch = gemm.Sketch{Packed: gemm.Packed{Type: gemm.SketchType, Rows: rows, Cols: w.Cols(), Data: place}, Radius: make([]float32, rows)}
	}
	s := w.sketch
	groups := (len(s.wide) + sketchParts - 1) / sketchParts
	first := s.drawn / sketchGroup
	groups = min(groups, len(s.wide)-first)
	var done atomic.Int64
	d.operands = operands{name: "sketch", matrix: w}
	d.each(groups, groups*sketchGroup*w.Cols(), func(_ *Device, _, i int) {
		from := (first + i) * sketchGroup
		to := min(from+sketchGroup, rows)
		s.Draw(&w.Matrix, from, to)
		wide := s.Radius[from]
		for _, r := range s.Radius[from:to] {
			wide = max(wide, r) // NaN stays
		}
		s.wide[first+i] = wide
		done.Add(1)
	})
	if int(done.Load()) < groups { // there was a fault, or nobody waits any more
		return
	}
	row := w.Type.Bytes(w.Cols())
	to := min((first+groups)*sketchGroup, rows)
	if d.Release != nil {
		d.Release(w.Data[s.drawn*row : to*row])
	}
	for _, r := range s.wide[first : first+groups] {
		if !(r < maxBound) {
			w.unsketchable, w.sketch = true, nil // some row has no numbers
			return
		}
	}
	s.drawn = to
}
