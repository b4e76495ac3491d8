package cpu

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/attn"
	"github.com/qwen-agent/qwen-agent/kernels/half"
)

// cache holds keys and values as (page, layer, head, token, dim): a page is one stretch of
// memory, and pages that nobody used yet take none.
type cache struct {
	shape        kernels.CacheShape
	keys, values []uint16
	page, layer  int // elements of each
}

func (c *cache) Shape() kernels.CacheShape { return c.shape }

// Cache reserves memory; the system gives it when it is written to.
func (d *Device) Cache(s kernels.CacheShape) (kernels.Cache, error) {
	c := &cache{shape: s, layer: s.Heads * s.Tokens * s.Dim}
	c.page = s.Layers * c.layer
	if s.Layers < 1 || s.Pages < 1 || s.Heads < 1 || s.Tokens < 1 || s.Dim < 1 || s.Pages > math.MaxInt32 {
		return nil, fmt.Errorf("cpu: Cache: shape %+v", s)
	}
	if s.Dim%8 != 0 {
		return nil, fmt.Errorf("cpu: Cache: heads of %d elements, want a multiple of 8", s.Dim)
	}
	c.keys, c.values = make([]uint16, s.Pages*c.page), make([]uint16, s.Pages*c.page)
	return c, nil
}

// view tells attn where the keys or the values of one layer lie.
func (c *cache) view(data []uint16, layer int, table []int32) attn.Pages {
	s := c.shape
	return attn.Pages{
		Data: data, Table: table, Tokens: s.Tokens,
		PageStride: c.page, TokenStride: s.Dim, HeadStride: s.Tokens * s.Dim, Offset: layer * c.layer,
	}
}

// check panics if the spans are not the rows of x or their pages not those of the cache.
func (c *cache) check(op string, x *buffer, layer int, spans []kernels.Span) {
	checkSpans(op, x, spans)
	if layer < 0 || layer >= c.shape.Layers {
		panic(fmt.Sprintf("cpu: %s: layer %d of %d", op, layer, c.shape.Layers))
	}
	for _, s := range spans {
		if s.Pos+s.Len > len(s.Pages)*c.shape.Tokens {
			panic(fmt.Sprintf("cpu: %s: position %d in %d pages", op, s.Pos+s.Len-1, len(s.Pages)))
		}
		for _, p := range s.Pages {
			if p < 0 || int(p) >= c.shape.Pages {
				panic(fmt.Sprintf("cpu: %s: page %d of %d", op, p, c.shape.Pages))
			}
		}
	}
}

// Append stores rows as float16.
func (d *Device) Append(kv kernels.Cache, layer int, k, v kernels.Buffer, spans []kernels.Span) {
	c, kk, vv := kv.(*cache), k.(*buffer), v.(*buffer)
	c.check("Append", kk, layer, spans)
	s := c.shape
	if !kk.like(vv) || kk.cols != s.Heads*s.Dim {
		panic(fmt.Sprintf("cpu: Append: keys are %v, values %v, want rows of %d", kk, vv, s.Heads*s.Dim))
	}
	d.operands = operands{name: "append", x: kk, x2: vv, cache: c, layer: layer}
	for _, span := range spans {
		d.span = span
		d.parts(span.Len, kk.cols, partSize, func(d *Device, from, to int) {
			for i := from; i < to; i++ {
				d.cache.store(d.layer, &d.span, i, d.x.row(d.span.Row+i), d.x2.row(d.span.Row+i))
			}
		})
	}
}

// store writes the key and the value of the i-th token of a span.
func (c *cache) store(layer int, span *kernels.Span, i int, key, value []float32) {
	s := c.shape
	pos := span.Pos + i
	at := int(span.Pages[pos/s.Tokens])*c.page + layer*c.layer + pos%s.Tokens*s.Dim
	for h := 0; h < len(key); h += s.Dim {
		half.Encode(c.keys[at:at+s.Dim], key[h:h+s.Dim])
		half.Encode(c.values[at:at+s.Dim], value[h:h+s.Dim])
		at += s.Tokens * s.Dim
	}
}

// attendTask is the attention of some rows of one span to one kv head.
type attendTask struct {
	span           int
	from, to, head int
}

// Attend shares out kv heads and stretches of rows.
func (d *Device) Attend(dst, q kernels.Buffer, kv kernels.Cache, layer int, spans []kernels.Span) {
	c, y, a := kv.(*cache), dst.(*buffer), q.(*buffer)
	c.check("Attend", a, layer, spans)
	s := c.shape
	if !y.like(a) || y == a || a.cols%(s.Heads*s.Dim) != 0 {
		panic(fmt.Sprintf("cpu: Attend: queries are %v, dst %v, want whole groups of %d heads of %d", a, y, s.Heads, s.Dim))
	}
	shape := attn.Shape{Heads: a.cols / s.Dim, KVHeads: s.Heads, Dim: s.Dim, Scale: float32(1 / math.Sqrt(float64(s.Dim)))}
	step := max(1, 64/(shape.Heads/shape.KVHeads)) // the rows that attn.Attend takes at a time
	d.tasks = d.tasks[:0]
	elements := 0
	for i := len(spans) - 1; i >= 0; i-- {
		span := spans[i]
		elements += span.Len * (span.Pos + span.Len) * s.Dim
		// The rows that see most come first, so that the workers end together.
		for from := (span.Len - 1) / step * step; from >= 0; from -= step {
			for h := range s.Heads {
				d.tasks = append(d.tasks, attendTask{i, from, min(from+step, span.Len), h})
			}
		}
	}
	d.operands = operands{name: "attend", dst: y, x: a, cache: c, layer: layer, spans: spans, shape: shape}
	d.each(len(d.tasks), elements, func(d *Device, worker, i int) {
		t, c := d.tasks[i], d.cache
		span := &d.spans[t.span]
		from, to := span.Row+t.from, span.Row+t.to
		attn.Attend(d.dst.part(from, to), d.x.part(from, to), d.shape,
			c.view(c.keys, d.layer, span.Pages), c.view(c.values, d.layer, span.Pages),
			t.to-t.from, span.Pos+t.from+1, t.head, t.head+1, &d.scratch[worker])
	})
}

// CopyPage copies one stretch of memory for the keys and one for the values.
func (d *Device) CopyPage(kv kernels.Cache, dst, src int32) {
	c := kv.(*cache)
	if dst == src || dst < 0 || src < 0 || int(dst) >= c.shape.Pages || int(src) >= c.shape.Pages {
		panic(fmt.Sprintf("cpu: CopyPage: page %d to %d of %d", src, dst, c.shape.Pages))
	}
	for _, data := range [][]uint16{c.keys, c.values} {
		copy(data[int(dst)*c.page:][:c.page], data[int(src)*c.page:][:c.page])
	}
}

// SavePage copies the keys of a page and then its values as they lie in memory.
func (d *Device) SavePage(dst []byte, kv kernels.Cache, page int32) {
	c := kv.(*cache)
	keys, values := c.bytes("SavePage", page, len(dst))
	copy(dst[copy(dst, keys):], values)
}

// LoadPage is the inverse of SavePage.
func (d *Device) LoadPage(kv kernels.Cache, page int32, src []byte) {
	c := kv.(*cache)
	keys, values := c.bytes("LoadPage", page, len(src))
	copy(values, src[copy(keys, src):])
}

// bytes returns the memory of a page. It panics unless there is such a page of the given size.
func (c *cache) bytes(op string, page int32, size int) (keys, values []byte) {
	if page < 0 || int(page) >= c.shape.Pages || size != c.shape.PageBytes() {
		panic(fmt.Sprintf("cpu: %s: page %d of %d, in %d bytes, want %d", op, page, c.shape.Pages, size, c.shape.PageBytes()))
	}
	part := func(data []uint16) []byte {
		return unsafe.Slice((*byte)(unsafe.Pointer(&data[int(page)*c.page])), 2*c.page)
	}
	return part(c.keys), part(c.values)
}
