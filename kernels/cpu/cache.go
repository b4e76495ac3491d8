package cpu

import (
	"fmt"
	"math"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/attn"
)

// cache holds pages, each one stretch of memory with the layers one after the other, as attn.Layout has
// them. Pages that nobody used yet take no memory.
type cache struct {
	shape       kernels.CacheShape
	layout      attn.Layout
	data        []byte
	page, layer int // bytes of each
}

func (c *cache) Shape() kernels.CacheShape { return c.shape }

// Cache reserves memory; the system gives it when it is written to.
func (d *Device) Cache(s kernels.CacheShape) (kernels.Cache, error) {
	if s.Layers < 1 || s.Pages < 1 || s.Pages > math.MaxInt32 {
		return nil, fmt.Errorf("cpu: Cache: %d layers and %d pages", s.Layers, s.Pages)
	}
	c := &cache{shape: s, layout: attn.Layout{Type: s.Type, KVHeads: s.Heads, Tokens: s.Tokens, Dim: s.Dim}}
	if err := c.layout.Check(); err != nil {
		return nil, fmt.Errorf("cpu: Cache: %w", err)
	}
	c.layer = c.layout.Bytes()
	c.page = s.Layers * c.layer
	c.data = make([]byte, s.Pages*c.page)
	return c, nil
}

// view tells attn where one layer lies.
func (c *cache) view(layer int, table []int32) attn.Pages {
	return attn.Pages{Layout: c.layout, Data: c.data, Table: table, Stride: c.page, Offset: layer * c.layer}
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

// storedRows is how many rows are stored at a time: neighbouring keys share cache lines.
const storedRows = 32

// Append stores rows.
func (d *Device) Append(kv kernels.Cache, layer int, k, v kernels.Buffer, spans []kernels.Span) {
	c, kk, vv := kv.(*cache), k.(*buffer), v.(*buffer)
	c.check("Append", kk, layer, spans)
	if !kk.like(vv) || kk.cols != c.shape.Heads*c.shape.Dim {
		panic(fmt.Sprintf("cpu: Append: keys are %v, values %v, want rows of %d", kk, vv, c.shape.Heads*c.shape.Dim))
	}
	d.operands = operands{name: "append", x: kk, x2: vv}
	for _, span := range spans {
		d.span, d.pages = span, c.view(layer, span.Pages)
		d.each((span.Len+storedRows-1)/storedRows, span.Len*kk.cols, func(d *Device, worker, i int) {
			for i := i * storedRows; i < min((i+1)*storedRows, d.span.Len); i++ {
				attn.Store(d.pages, d.span.Pos+i, d.x.row(d.span.Row+i), d.x2.row(d.span.Row+i), &d.scratch[worker])
			}
		})
	}
}

// CopyPage copies one stretch of memory.
func (d *Device) CopyPage(kv kernels.Cache, dst, src int32) {
	c := kv.(*cache)
	if dst == src || dst < 0 || src < 0 || int(dst) >= c.shape.Pages || int(src) >= c.shape.Pages {
		panic(fmt.Sprintf("cpu: CopyPage: page %d to %d of %d", src, dst, c.shape.Pages))
	}
	copy(c.data[int(dst)*c.page:][:c.page], c.data[int(src)*c.page:][:c.page])
}

// SavePage copies one stretch of memory.
func (d *Device) SavePage(dst []byte, kv kernels.Cache, page int32) {
	copy(dst, kv.(*cache).bytes("SavePage", page, len(dst)))
}

// LoadPage is the inverse of SavePage.
func (d *Device) LoadPage(kv kernels.Cache, page int32, src []byte) {
	copy(kv.(*cache).bytes("LoadPage", page, len(src)), src)
}

// bytes returns the memory of a page. It panics unless there is such a page of the given size.
func (c *cache) bytes(op string, page int32, size int) []byte {
	if page < 0 || int(page) >= c.shape.Pages || size != c.page {
		panic(fmt.Sprintf("cpu: %s: page %d of %d, in %d bytes, want %d", op, page, c.shape.Pages, size, c.page))
	}
	return c.data[int(page)*c.page:][:c.page]
}
