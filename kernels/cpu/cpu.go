// Package cpu is the kernels.Device that every machine has: the families' kernels, split
// over persistent workers. Its results do not depend on the number of workers, nor on
// which rows stand together in a batch.
package cpu

import (
	"context"
	"fmt"

	"github.com/qwen-agent/qwen-agent/internal/par"
	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/attn"
	"github.com/qwen-agent/qwen-agent/kernels/gemm"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
	"github.com/qwen-agent/qwen-agent/kernels/rope"
)

// Device computes on the processor. All operations are done when their call returns.
type Device struct {
	pool *par.Pool
	err  error         // the first fault since the last Read or Sync
	ctx  kernels.Ender // from Watch to Sync, else context.Background()

	// Release is told of parts of the bytes given to Weight that will hardly be read again, as
	// they have been copied into another layout. Nil: nobody wants to know. Set it before the
	// first Linear.
	Release func(data []byte)
	memory  memory

	// Observe is told of each step of an operation when it is done, by the goroutine that asks for the
	// operations. Nil, it costs nothing. Set it before the first operation.
	Observe func(kernels.Work)

	quantized quant.Q8       // what Linear reads, quantised once for all its weights
	scratch   []attn.Scratch // a worker
	sums      [][]float32    // a worker: products on their way to Output.Add
	positions []int32        // of the rows that Rope turns
	attends   attends
	chunks    []chunk
	one       [1]kernels.Output
	finder    finder

	// The operation that is under way: what it does, how it is divided, and what it works on. Operations
	// are functions that capture nothing and find their operands here, so that asking for one allocates
	// nothing.
	run        func(worker, i int) // calls do, unless nobody waits any more
	do         func(d *Device, worker, i int)
	part       func(d *Device, from, to int)
	rows, step int // of part
	serial     int // calls of do that one worker makes, if the work is not shared
	operands
}

// operands are those of the operation that is under way.
type operands struct {
	name       string // see kernels.Work
	outs       []kernels.Output
	dst, x, x2 *buffer
	matrix     *weight
	vector     []float32
	eps        float32
	ids        []int32
	table      *rope.Table
	cache      *cache
	layer      int
	spans      []kernels.Span
	pages      attn.Pages // of span
	span       kernels.Span
	shape      attn.Shape
}

// New returns a device that computes with threads workers, the caller's goroutine among
// them. It panics if threads < 1.
func New(threads int) *Device {
	if threads < 1 {
		panic(fmt.Sprintf("cpu: New: %d threads", threads))
	}
	d := &Device{pool: par.New(threads), ctx: context.Background(), scratch: make([]attn.Scratch, threads), sums: make([][]float32, threads)}
	d.run = func(worker, i int) {
		switch {
		case d.serial > 0:
			for i := range d.serial {
				d.do(d, worker, i)
			}
		case d.ctx.Err() == nil:
			d.do(d, worker, i)
		}
	}
	return d
}

// Threads returns the number of workers.
func (d *Device) Threads() int { return d.pool.Workers() }

// Close ends the workers.
func (d *Device) Close() error {
	d.pool.Close()
	d.memory.free()
	return nil
}

// Watch makes workers look at ctx before each part of an operation.
func (d *Device) Watch(ctx kernels.Ender) { d.ctx = ctx }

// Sync returns the first fault since the last Read or Sync, or else the error of the
// context that was watched.
func (d *Device) Sync() error {
	err, ended := d.err, d.ctx.Err()
	d.err, d.ctx = nil, context.Background()
	if err == nil {
		err = ended
	}
	return err
}

// Write copies one row.
func (d *Device) Write(x kernels.Buffer, row int, src []float32) {
	b := x.(*buffer)
	if row < 0 || row >= b.rows || len(src) != b.cols {
		panic(fmt.Sprintf("cpu: Write: %d elements into row %d of (%d, %d)", len(src), row, b.rows, b.cols))
	}
	copy(b.row(row), src)
}

// Read copies one row.
func (d *Device) Read(dst []float32, x kernels.Buffer, row int) error {
	b := x.(*buffer)
	if row < 0 || row >= b.rows || len(dst) != b.cols {
		panic(fmt.Sprintf("cpu: Read: row %d of (%d, %d) into %d elements", row, b.rows, b.cols, len(dst)))
	}
	copy(dst, b.row(row))
	return d.Sync()
}

// small is the work, in elements of a cheap loop, below which it is not worth waking
// anybody: about a microsecond.
const small = 4096

// each calls f for i in [0, n), over the workers if there are at least small elements
// in all. A fault in a mapped file is kept as the device's error; any other panic goes on
// to the caller.
func (d *Device) each(n, elements int, f func(d *Device, worker, i int)) {
	if d.err != nil {
		return
	}
	defer d.keepFault()
	d.do, d.serial = f, 0
	if elements < small {
		d.serial, n = n, min(n, 1)
	}
	if d.Observe != nil {
		d.observe(n)
		return
	}
	d.pool.Do(n, d.run)
}

// keepFault is deferred.
func (d *Device) keepFault() {
	v := recover()
	if v == nil {
		return
	}
	if p, ok := v.(*par.Panic); ok {
		if fault, ok := p.Value.(interface{ Addr() uintptr }); ok {
			d.err = fmt.Errorf("%w (at address %#x)", kernels.ErrFault, fault.Addr())
			return
		}
	}
	panic(v)
}

// parts splits n rows of cols elements into parts of about size elements, whole rows each,
// and calls f for each part.
func (d *Device) parts(n, cols, size int, f func(d *Device, from, to int)) {
	d.rows, d.step, d.part = n, max(1, size/max(cols, 1)), f
	d.each((n+d.step-1)/d.step, n*cols, func(d *Device, _, i int) {
		d.part(d, i*d.step, min(d.rows, (i+1)*d.step))
	})
}

type buffer struct {
	rows, cols, most int
	data             []float32

	sketch *sketch   // what the numbers are estimates by, nil if by none
	peaks  []float32 // the greatest of each sketchGroup in each row then
}

func (b *buffer) Rows() int { return b.rows }
func (b *buffer) Cols() int { return b.cols }

func (b *buffer) Resize(rows int) {
	if rows < 0 || rows > b.most {
		panic(fmt.Sprintf("cpu: Resize: %d rows, made for %d", rows, b.most))
	}
	b.rows = rows
}

func (b *buffer) all() []float32              { return b.data[:b.rows*b.cols] }
func (b *buffer) row(i int) []float32         { return b.data[i*b.cols : (i+1)*b.cols] }
func (b *buffer) part(from, to int) []float32 { return b.data[from*b.cols : to*b.cols] }
func (b *buffer) like(c *buffer) bool         { return b.rows == c.rows && b.cols == c.cols }
func (b *buffer) String() string              { return fmt.Sprintf("(%d, %d)", b.rows, b.cols) }

// Buffer allocates.
func (d *Device) Buffer(rows, cols int) (kernels.Buffer, error) {
	if rows < 0 || cols < 1 {
		return nil, fmt.Errorf("cpu: Buffer: shape (%d, %d)", rows, cols)
	}
	return &buffer{rows: rows, cols: cols, most: rows, data: make([]float32, rows*cols)}, nil
}

// weight is a matrix in the bytes of its file, or a vector as float32.
type weight struct {
	gemm.Matrix
	vector []float32

	packed     *gemm.Packed // from the first product on, see Device.pack
	place      []byte       // of packed
	unpackable bool

	sketch       *sketch // see Device.draw
	estimated    int     // how often that was asked for
	unsketchable bool
}

func (w *weight) Rows() int { return w.Matrix.Rows }
func (w *weight) Cols() int { return w.Matrix.Cols }

// quantized says whether the weight is multiplied with quantised activations.
func (w *weight) quantized() bool {
	elems, _ := w.Type.Block()
	return elems > 1
}

// Weight checks the shape and keeps a reference to data; a vector is copied.
func (d *Device) Weight(t quant.Type, rows, cols int, data []byte) (kernels.Weight, error) {
	w := &weight{Matrix: gemm.Matrix{Type: t, Rows: rows, Cols: cols, Data: data}}
	if err := w.Check(); err != nil {
		return nil, fmt.Errorf("cpu: %w", err)
	}
	if elems, _ := t.Block(); elems > 1 && elems < quant.Q8Block {
		return nil, fmt.Errorf("cpu: blocks of %d elements, want at least %d", elems, quant.Q8Block)
	}
	if rows == 1 {
		w.vector = make([]float32, cols)
		d.each(1, 0, func(*Device, int, int) { quant.Dequantize(w.vector, t, data) })
		if err := d.Sync(); err != nil {
			return nil, err
		}
	}
	return w, nil
}

type rotation struct{ *rope.Table }

func (r rotation) Dim() int       { return r.Table.Dim }
func (r rotation) Positions() int { return r.Table.Positions }

// Rotation computes the table.
func (d *Device) Rotation(dim, positions int, base float64) (kernels.Rotation, error) {
	if dim < 2 || dim%2 != 0 || positions < 1 {
		return nil, fmt.Errorf("cpu: Rotation: %d positions of heads of %d, want an even size", positions, dim)
	}
	return rotation{rope.NewTable(dim, positions, base)}, nil
}

var _ kernels.Device = (*Device)(nil)
