package kernels

import (
	"errors"

	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// ErrFault says that bytes given to Device.Weight can no longer be read.
var ErrFault = errors.New("model file changed or was truncated while in use")

// Device carries out the operations of a model on its own memory.
//
// Operations are asked for in order by one goroutine, and may still be under way when
// the call returns. They return no error: the first fault, such as a model file that was
// truncated while it was in use, makes the following operations do nothing until Read or
// Sync reports it. An operation whose arguments do not fit each other panics, since only
// a mistake in the caller can be the cause.
//
// Unless said otherwise an operation works on the rows that its buffers currently have,
// which must agree, and may not have the same buffer as source and destination.
type Device interface {
	// Weight takes over a matrix of a model file, stored row after row in blocks of type t.
	// The bytes must stay valid until Close; a device may copy them when it first needs them.
	Weight(t quant.Type, rows, cols int, data []byte) (Weight, error)
	// Prepare makes a weight ready for Linear, which otherwise does it when it first meets the
	// weight: a device may copy it into another layout.
	Prepare(w Weight)
	// Buffer makes a matrix of the given size, which is also the most rows it can have.
	Buffer(rows, cols int) (Buffer, error)
	// Cache makes memory for keys and values.
	Cache(shape CacheShape) (Cache, error)
	// Rotation makes the table that Rope needs for the positions [0, positions).
	Rotation(dim, positions int, base float64) (Rotation, error)

	// Embed writes row ids[t] of table into row t of dst.
	Embed(dst Buffer, table Weight, ids []int32)
	// Norm writes the root-mean-square normalisation of x's rows into dst, which may be x:
	// dst[t,i] = x[t,i] * w[0,i] / sqrt(mean(x[t]²) + eps).
	Norm(dst, x Buffer, w Weight, eps float32)
	// Linear multiplies the rows of x by several weights of the same width, see Output.
	Linear(x Buffer, outs ...Output)
	// Estimate prepares Greatest: it writes into dst the products of the rows of x with w, or what
	// a smaller copy of w makes of them. dst may then be given to nothing but Greatest.
	Estimate(dst, x Buffer, w Weight)
	// Greatest waits for the operations before it and finds the greatest products of a row of x
	// with w, where estimates is what Estimate made of x and w just before. It writes into dst,
	// which has a place for each row of w: the k greatest products, those as great as the last of
	// them, and those with the rows ids of w, all with the bits that Linear gives them; in other
	// places the product or -Inf. A product that is left out is less than floor. Estimates may be
	// nil with k = 0, when floor is +Inf, and with k = w.Rows().
	Greatest(dst []float32, estimates, x Buffer, w Weight, row, k int, ids []int32) (floor float32, err error)
	// Rope turns the heads of x, (T, H*D), by the angles of the rows' positions. Element i
	// of a head turns with element i+D/2 (the halves of GPT-NeoX).
	Rope(x Buffer, r Rotation, spans []Span)
	// Append stores the keys k and values v, both (T, K*D), of one layer in the cache.
	Append(c Cache, layer int, k, v Buffer, spans []Span)
	// Attend writes into dst the attention of the queries q, both (T, H*D), over everything
	// that the cache has of their sequences up to and including their own position. Head h
	// reads kv head h/(H/K); scores are scaled by 1/sqrt(D).
	Attend(dst, q Buffer, c Cache, layer int, spans []Span)
	// SwiGLU writes silu(gate) * up into dst, which may be either of them.
	SwiGLU(dst, gate, up Buffer)
	// Add adds x to dst.
	Add(dst, x Buffer)
	// Gather writes row rows[i] of x into row i of dst.
	Gather(dst, x Buffer, rows []int32)
	// CopyPage copies the keys and values of page src, in every layer, over those of dst.
	CopyPage(c Cache, dst, src int32)
	// SavePage waits for the operations before it and copies the content of a page into dst, which has
	// CacheShape.PageBytes. In what form is the device's own affair.
	SavePage(dst []byte, c Cache, page int32)
	// LoadPage gives a page the content that SavePage of such a device, with a cache of this shape, copied. Any
	// other bytes make wrong keys and values of it, and do no other harm.
	LoadPage(c Cache, page int32, src []byte)

	// Watch lets the following operations be left undone, in the middle too, once ctx has
	// ended. It holds until Sync, which returns the error of ctx then.
	Watch(ctx Ender)
	// Write waits for the operations before it and copies src into one row of x.
	Write(x Buffer, row int, src []float32)
	// Read waits for the operations before it and copies one row of x into dst.
	Read(dst []float32, x Buffer, row int) error
	// Sync waits for the operations before it and returns the first fault since the last
	// Read or Sync.
	Sync() error
	// Close frees what the device owns.
	Close() error
}

// Ender says whether work is still wanted: Err is nil as long as it is. Every context.Context is one.
// Several goroutines may ask at a time, and often.
type Ender interface{ Err() error }

// Weight is a matrix of a model, (rows, cols), that a device has made ready to be used. A
// vector, such as a bias, has one row.
type Weight interface {
	Rows() int
	Cols() int
}

// Buffer is a matrix of float32 in a device's memory.
type Buffer interface {
	Rows() int
	Cols() int
	// Resize sets how many rows the following operations see. It panics if the buffer was
	// made for fewer.
	Resize(rows int)
}

// Cache is a device's memory for keys and values.
type Cache interface {
	Shape() CacheShape
}

// CacheType is the type of the elements of a cache, for those who only hand it on.
type CacheType = quant.Type

// CacheShape says how much a cache holds, and of what type. A page has Tokens positions of one
// sequence, in every layer.
type CacheShape struct {
	// Type is that of the elements: quant.F16, or quant.Q8_0, for which each 32 neighbouring elements
	// of a head are a block, so that Dim must be a multiple of 32.
	Type CacheType

	Layers, Pages, Heads, Tokens, Dim int
}

// Bytes returns the size of a cache of this shape.
func (s CacheShape) Bytes() int64 { return int64(s.Pages) * int64(s.PageBytes()) }

// PageBytes returns the size of a page: keys and values of its tokens in every layer.
func (s CacheShape) PageBytes() int {
	return 2 * s.Layers * s.Type.Bytes(s.Heads*s.Tokens*s.Dim)
}

// Rotation is a table of sines and cosines in a device's memory.
type Rotation interface {
	Dim() int
	Positions() int
}

// Output is one product of Linear: Dst = x·Weightᵀ + Bias, or with Add the same added to
// what Dst holds. Bias may be nil.
type Output struct {
	Dst    Buffer
	Weight Weight
	Bias   Weight
	Add    bool
}

// Span says which rows of a batch belong to one sequence: rows [Row, Row+Len) are its
// tokens at positions [Pos, Pos+Len). Position p lies in page Pages[p/Tokens] of the
// cache, in that page's place p%Tokens. The spans of a batch cover all its rows in order.
type Span struct {
	Row, Len, Pos int
	Pages         []int32
}
