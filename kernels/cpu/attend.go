package cpu

import (
	"fmt"
	"math"
	"slices"
	"sync/atomic"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/attn"
)

// attendTask is the attention of some rows of one span to one kv head: to all positions, or to one part
// of them.
type attendTask struct {
	span     int
	from, to int // rows
	head     int
	part     int     // or -1
	shared   *shared // by the tasks of all parts
}

// shared has what is known of each part of the positions. Whoever computes the last merges them, always
// in the order of the positions.
type shared struct {
	parts []attn.Partial
	left  atomic.Int32
}

// attends is what Attend keeps from call to call.
type attends struct {
	tasks  []attendTask
	shared []*shared
}

// tasksEach is how many tasks a worker must have at least: with fewer, positions are shared out as well.
const tasksEach = 4

// Attend shares out kv heads and stretches of rows, and where these are few, stretches of positions.
func (d *Device) Attend(dst, q kernels.Buffer, kv kernels.Cache, layer int, spans []kernels.Span) {
	c, y, a := kv.(*cache), dst.(*buffer), q.(*buffer)
	c.check("Attend", a, layer, spans)
	s := c.shape
	if !y.like(a) || y == a || a.cols%(s.Heads*s.Dim) != 0 {
		panic(fmt.Sprintf("cpu: Attend: queries are %v, dst %v, want whole groups of %d heads of %d", a, y, s.Heads, s.Dim))
	}
	shape := attn.Shape{Heads: a.cols / s.Dim, KVHeads: s.Heads, Dim: s.Dim, Scale: float32(1 / math.Sqrt(float64(s.Dim)))}
	d.attends.plan(shape, spans, d.Threads()*tasksEach)
	elements := 0
	for _, span := range spans {
		elements += span.Len * (span.Pos + span.Len) * s.Dim
	}
	d.operands = operands{name: "attend", dst: y, x: a, cache: c, layer: layer, spans: spans, shape: shape}
	d.each(len(d.attends.tasks), elements, func(d *Device, worker, i int) {
		t, scratch := &d.attends.tasks[i], &d.scratch[worker]
		span := &d.spans[t.span]
		from, to := span.Row+t.from, span.Row+t.to
		view, rows, n := d.cache.view(d.layer, span.Pages), t.to-t.from, span.Pos+t.from+1
		if t.part < 0 {
			attn.Attend(d.dst.part(from, to), d.x.part(from, to), d.shape, view, rows, n, t.head, t.head+1, scratch)
			return
		}
		attn.AttendPart(&t.shared.parts[t.part], d.x.part(from, to), d.shape, view, rows, n, t.head, t.part, scratch)
		if t.shared.left.Add(-1) == 0 {
			attn.Merge(d.dst.part(from, to), d.shape, rows, t.head, t.shared.parts)
		}
	})
}

// plan makes the tasks: if there are fewer than enough, one for each part of the positions.
func (p *attends) plan(shape attn.Shape, spans []kernels.Span, enough int) {
	p.tasks = p.tasks[:0]
	step, tiles := shape.Tile(), 0
	for _, span := range spans {
		tiles += (span.Len + step - 1) / step * shape.KVHeads
	}
	sharing := 0
	for i := len(spans) - 1; i >= 0; i-- {
		span := spans[i]
		// The rows that see most come first, so that the workers end together.
		for from := (span.Len - 1) / step * step; from >= 0; from -= step {
			t := attendTask{span: i, from: from, to: min(from+step, span.Len), part: -1}
			parts := attn.Parts(t.to-t.from, span.Pos+t.from+1)
			for t.head = range shape.KVHeads {
				if tiles >= enough || parts == 1 {
					p.tasks = append(p.tasks, t)
					continue
				}
				if sharing == len(p.shared) {
					p.shared = append(p.shared, &shared{})
				}
				t.shared = p.shared[sharing]
				sharing++
				t.shared.parts = slices.Grow(t.shared.parts[:0], parts)[:parts]
				t.shared.left.Store(int32(parts))
				for part := range parts {
					one := t
					one.part = part
					p.tasks = append(p.tasks, one)
				}
			}
		}
	}
}
