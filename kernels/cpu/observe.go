package cpu

import (
	"sync/atomic"
	"time"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/gemm"
)

// observe is the end of each where somebody looks on.
func (d *Device) observe(n int) {
	var busy atomic.Int64
	start := time.Now()
	d.pool.Do(n, func(worker, i int) {
		start := time.Now()
		d.run(worker, i)
		busy.Add(int64(time.Since(start)))
	})
	w := kernels.Work{Name: d.name, Outputs: d.outs, Wall: time.Since(start), Busy: time.Duration(busy.Load())}
	w.Bytes, w.Ops = d.reads()
	d.Observe(w)
}

// reads returns how much of weights, or of keys and values, the operation under way reads, each byte
// counted once, and how many operations it does with weights.
func (d *Device) reads() (bytes, ops int64) {
	for _, o := range d.outs {
		w := o.Weight.(*weight)
		bytes += int64(w.Type.Bytes(w.Rows() * w.Cols()))
		ops += 2 * int64(w.Rows()) * int64(w.Cols()) * int64(d.x.rows)
	}
	switch w := d.matrix; d.name {
	case "estimate":
		bytes = int64(gemm.SketchSize(w.Rows(), w.Cols()))
		ops = 2 * int64(w.Rows()) * int64(w.Cols()) * int64(d.x.rows)
	case "greatest":
		bytes = int64(len(d.ids)) * int64(w.Type.Bytes(w.Cols()))
		ops = 2 * int64(len(d.ids)) * int64(w.Cols())
	}
	if d.cache != nil {
		s := d.cache.shape
		token := int64(s.PageBytes() / (s.Layers * s.Tokens))
		for _, span := range d.spans {
			bytes += int64(span.Pos+span.Len) * token
		}
	}
	return bytes, ops
}
