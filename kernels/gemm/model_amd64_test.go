//go:build !purego

package gemm

import (
	"math"
	"testing"
	"unsafe"

	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// The meaning of the kernels for sixteen rows, in plain Go, so that what drives them is tested on every
// amd64.

// model describes them for a type.
func model(t quant.Type) *packedKernels {
	k := vnniPacked[t]
	out := &packedKernels{
		dotRows: wideRows, rows: wideRows,
		dot: func(dst *float32, w *byte, second, _ int, x *int8, scale *float32, s *byte, n int) {
			out := unsafe.Slice(dst, wideRows)
			var sum []float32
			if k.min {
				sum = unsafe.Slice((*float32)(unsafe.Pointer(s)), n)
			} else {
				sum = make([]float32, n)
			}
			for i, row := range modelRows(t, w, second, n) {
				out[i] = dotRef(row, unsafe.Slice(x, n*quant.Q8Block), unsafe.Slice(scale, n), sum)
			}
		},
		panel: func(panel *byte, d, m *float32, w *byte, second, n int) {
			modelPanel(t, unsafe.Slice(panel, 512*n), unsafe.Slice(d, wideRows*n), unsafe.Slice(m, wideRows*n), w, second, n)
		},
		tiles: []tile{{minTokens, modelTile(t, minTokens)}, {wideTokens, modelTile(t, wideTokens)}},
		min:   k.min,
	}
	for _, tile := range k.twice {
		tile.mul = modelTwice(modelTile(t, tile.tokens))
		out.twice = append(out.twice, tile)
	}
	return out
}

// modelTwice is a tile of two panels.
func modelTwice(once tileKernel) tileKernel {
	return func(dst *float32, stride int, panel *byte, d, m *float32, x *int8, cols int, scale *float32, s *byte, n int) {
		once(dst, stride, panel, d, m, x, cols, scale, s, n)
		next := func(p *float32, n int) *float32 { return (*float32)(unsafe.Add(unsafe.Pointer(p), 4*n)) }
		once(next(dst, wideRows), stride, (*byte)(unsafe.Add(unsafe.Pointer(panel), panelSize)), next(d, scalesSize), next(m, scalesSize),
			x, cols, scale, s, n)
	}
}

// modelRows unpacks sixteen rows of n blocks.
func modelRows(t quant.Type, w *byte, second, n int) [wideRows][]block {
	var out [wideRows][]block
	for i := range out {
		at := w
		if i >= PackedRows {
			at = (*byte)(unsafe.Add(unsafe.Pointer(w), second))
		}
		p := Packed{t, PackedRows, n * quant.Q8Block, nil}
		p.Data = unsafe.Slice(at, PackedSize(t, p.Rows, p.Cols))
		row := make([]byte, t.Bytes(p.Cols))
		p.row(row, i%PackedRows)
		out[i] = make([]block, n)
		unpack(out[i], t, row)
	}
	return out
}

// modelOffset is what makes the integers of a type unsigned.
func modelOffset(t quant.Type) int {
	return map[quant.Type]int{quant.Q4_0: 8, quant.Q5_0: 16, quant.Q8_0: 128, quant.Q6_K: 32}[t]
}

// pair puts two int16 into the bits of a float32.
func pair(low, high int) float32 {
	return math.Float32frombits(uint32(uint16(low)) | uint32(uint16(high))<<16)
}

func unpair(v float32) (low, high int32) {
	b := math.Float32bits(v)
	return int32(int16(b)), int32(int16(b >> 16))
}

func modelPanel(t quant.Type, panel []byte, d, m []float32, w *byte, second, n int) {
	offset := modelOffset(t)
	for i, row := range modelRows(t, w, second, n) {
		for b, v := range row {
			for k, q := range v.q {
				panel[512*b+64*(k/4)+4*i+k%4] = byte(int(q) + offset)
			}
			d[wideRows*b+i] = v.d
			switch {
			case v.hasMin:
				m[wideRows*b+i] = v.m
			case t == quant.Q6_K:
				m[wideRows*b+i] = pair(int(v.s[0]), int(v.s[1]))
			default:
				m[wideRows*b+i] = pair(-offset, -offset)
			}
		}
	}
}

func modelTile(typ quant.Type, tokens int) tileKernel {
	return func(dst *float32, stride int, panel *byte, d, m *float32, x *int8, cols int, scale *float32, s *byte, n int) {
		for t := range tokens {
			out := unsafe.Slice((*float32)(unsafe.Add(unsafe.Pointer(dst), t*stride)), wideRows)
			xs := unsafe.Slice((*int8)(unsafe.Add(unsafe.Pointer(x), t*cols)), n*quant.Q8Block)
			scales := unsafe.Slice((*float32)(unsafe.Add(unsafe.Pointer(scale), t*cols/8)), n)
			sums := unsafe.Slice((*float32)(unsafe.Add(unsafe.Pointer(s), t*cols/8)), n)
			for b := range n {
				q := unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(panel), 512*b)), 512)
				for i := range out {
					var sum [2]int32
					for k, v := range xs[b*quant.Q8Block:][:quant.Q8Block] {
						sum[k/16] += int32(q[64*(k/4)+4*i+k%4]) * int32(v)
					}
					dd := *(*float32)(unsafe.Add(unsafe.Pointer(d), 64*b+4*i))
					mm := *(*float32)(unsafe.Add(unsafe.Pointer(m), 64*b+4*i))
					integer := sum[0] + sum[1]
					if !vnniPacked[typ].min {
						m0, m1 := unpair(mm)
						h0, h1 := unpair(sums[b])
						if typ == quant.Q6_K {
							integer = m0*(sum[0]-32*h0) + m1*(sum[1]-32*h1)
						} else {
							integer += m0*h0 + m1*h1
						}
					}
					out[i] += float32(float32(integer) * float32(dd*scales[b]))
					if vnniPacked[typ].min {
						out[i] += float32(mm * sums[b])
					}
				}
			}
		}
	}
}

// TestSixteenRows drives the meaning of these kernels over every tail of rows and of tokens.
func TestSixteenRows(t *testing.T) {
	models := map[quant.Type]*packedKernels{}
	for typ := range vnniPacked {
		models[typ] = model(typ)
	}
	v := implementation{name: "model", mulPacked: func(dst []float32, stride int, p *Packed, r0, r1 int, x *quant.Q8) {
		mulPackedBy(models, dst, stride, p, r0, r1, x)
	}}
	for _, typ := range blockTypes {
		t.Run(typ.String(), func(t *testing.T) {
			elems, _ := typ.Block()
			for _, rows := range []int{1, 8, 9, 16, 17, 24, 25, 32, 41, 64, 89} {
				w := random(typ, rows, 3*elems, rows%4, uint64(rows))
				comparePacked(t, v, w, activations(37, 3*elems, 1), 1, 3, 4, 5, 8, 9, 12, 19, 33, 37)
			}
			comparePacked(t, v, random(typ, 17, 1024+elems, 0, 1), activations(41, 1024+elems, 1), 1, 9, 41)
		})
	}
	comparePacked(t, v, random(quant.Q5_0, 17, 32, 0, 1), activations(261, 32, 1), 261)
	comparePacked(t, v, random(quant.Q5_0, 33, 32, 0, 1), activations(261, 32, 1), 261)
	w, x := random(quant.Q4_K, 34, 256, 0, 5), activations(9, 256, 2)
	comparePart(t, v, packedOf(w), 5, 27, x, 9, product(w, x))
	comparePart(t, v, packedOf(w), 8, 15, x, 1, product(w, x))
	w, x = random(quant.Q4_K, 90, 256, 0, 5), activations(11, 256, 2)
	for _, rows := range [][2]int{{0, 33}, {1, 90}, {8, 40}, {5, 77}} {
		comparePart(t, v, packedOf(w), rows[0], rows[1], x, 11, product(w, x))
	}
}
