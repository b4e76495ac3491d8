package attn

import (
	"math"
	"slices"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels/kerneltest"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// TestQuantize checks that every variant makes the same steps, and that they mean the query.
func TestQuantize(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			for n := 8; n <= 256; n += 8 {
				for _, scale := range []float32{0, 1e-35, 1e-9, 1, 1e9} {
					q := kerneltest.Normal(n, n%4, uint64(n))
					for i := range q {
						q[i] *= scale
					}
					got, want := kerneltest.NewGuardedInts[int16](n, n%16, 77), make([]int16, n)
					step, stepWant := v.quantize(got.Data, q, 0.125), quantizeRef(want, q, 0.125)
					if !slices.Equal(got.Data, want) {
						t.Fatalf("%d elements: %v, want %v", n, got.Data, want)
					}
					kerneltest.Equal(t, []float32{step}, []float32{stepWant})
					got.Check(t)
					if scale < 1e-30 {
						continue
					}
					for i, x := range q {
						if back := float64(got.Data[i]) * float64(step) / (0.125 * math.Log2E); math.Abs(back-float64(x)) > float64(step)*5 {
							t.Fatalf("element %d is %v, was %v", i, back, x)
						}
					}
				}
			}
		})
	}
}

// TestQuantizeBounds has the longest integers there are: a product of two stays within an int32.
func TestQuantizeBounds(t *testing.T) {
	for _, v := range variants {
		for _, n := range []int{8, 64, MaxDim} {
			for name, f := range map[string]func(i int) float32{
				"one":  func(i int) float32 { return float32(i/(n-1)) * 3 },
				"all":  func(int) float32 { return -0.7 },
				"half": func(i int) float32 { return float32(math.Sqrt(float64(n))/(unit*0.49)) * float32(i/(n-1)) },
			} {
				q, steps := make([]float32, n), make([]int16, n)
				for i := range q {
					q[i] = f(i)
				}
				v.quantize(steps, q, 1)
				var sum int64
				for _, x := range steps {
					sum += int64(x) * int64(x)
				}
				if sum > math.MaxInt32 {
					t.Errorf("%s, %d times %s: the square is %d", v.name, n, name, sum)
				}
			}
		}
	}
}

// TestLoad checks that every variant unpacks the same numbers.
func TestLoad(t *testing.T) {
	for _, v := range variants {
		for _, typ := range types {
			for _, tokens := range []int{16, 48, 64, 7} {
				s := Shape{4, 2, 96, 0.1}
				const n = 3*Block - 9
				kv := cache(s, typ, n, tokens)
				var got, want Scratch
				for _, c := range []*Scratch{&got, &want} {
					c.keys, c.values, c.floats = make([]int16, s.Dim*Block), make([]float32, s.Dim*Block), make([]float32, s.Dim*16)
				}
				for p := 0; p < n; p += Block {
					count := min(Block, n-p)
					for head := range s.KVHeads {
						v.loadKeys(&got, &kv, p, count, head)
						v.loadValues(&got, &kv, p, count, head)
						loadKeysRef(&want, &kv, p, count, head)
						loadValuesRef(&want, &kv, p, count, head)
						kerneltest.Equal(t, got.length[:count], want.length[:count])
						kerneltest.Equal(t, got.values[:count*s.Dim], want.values[:count*s.Dim])
						for row := range s.Dim / 2 {
							at := row * Block * 2
							if a, b := got.keys[at:][:2*count], want.keys[at:][:2*count]; !slices.Equal(a, b) {
								t.Fatalf("%s, %v, pages of %d: keys from %d, row %d are %v, want %v", v.name, typ, tokens, p, row, a, b)
							}
						}
					}
				}
			}
		}
	}
}

func TestSteps(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			for _, dim := range []int{8, 16, 24, 64, 128} {
				s := Shape{1, 1, dim, 0.1}
				kv := cache(s, quant.F16, Block, 64)
				for m := 1; m <= group; m++ {
					for _, count := range []int{1, 4, 15, 16, 17, 48, 63, Block} {
						var c Scratch
						c.q, c.step = make([]int16, (m+1)*dim), make([]float32, m+1)
						c.keys, c.values, c.floats = make([]int16, dim*Block), make([]float32, dim*Block), make([]float32, dim*16)
						for i := range m + 1 {
							c.step[i] = quantizeRef(c.q[i*dim:][:dim], kerneltest.Normal(dim, 0, uint64(i)), 0.1)
						}
						loadKeysRef(&c, &kv, 0, count, 0)
						loadValuesRef(&c, &kv, 0, count, 0)
						got, want := kerneltest.NewGuarded(group*Block, 0), make([]float32, group*Block)
						c.scores = want
						scoreRef(&c, 1, m, count, dim)
						c.scores = got.Data
						v.score(&c, 1, m, count, dim)
						for i := range m {
							kerneltest.Equal(t, got.Data[i*Block:][:count], want[i*Block:][:count])
							clear(got.Data[i*Block+count : (i+1)*Block])
							c.shrink[i] = float32(i) / 3
						}
						got.Check(t)
						o, oWant := kerneltest.NewGuarded(m*dim, 1), kerneltest.Normal(m*dim, 0, 9)
						copy(o.Data, oWant)
						whole := (count + 3) / 4 * 4
						v.mix(&c, o.Data, m, whole, dim)
						mixRef(&c, oWant, m, whole, dim)
						kerneltest.Near(t, o.Data, oWant, 1e-5)
						o.Check(t)
					}
				}
			}
		})
	}
}

func TestSoften(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			for seen := -1; seen <= Block; seen++ {
				for _, before := range []state{{float32(math.Inf(-1)), 0}, {-1, 0.5}, {0.3, 2}, {50, 1}} {
					got, want := kerneltest.NewGuarded(Block, 1), kerneltest.Normal(Block, 0, uint64(seen+1))
					copy(got.Data, want)
					if seen >= 0 && seen < Block {
						got.Data[seen] = float32(math.NaN()) // must not be looked at
					}
					st, stWant := before, before
					shrink := v.soften((*[Block]float32)(got.Data), seen, &st)
					shrinkWant := softenRef((*[Block]float32)(want), seen, &stWant)
					kerneltest.Near(t, got.Data, want, 2e-7)
					kerneltest.Near(t, []float32{st.most, st.sum, shrink}, []float32{stWant.most, stWant.sum, shrinkWant}, 1e-6)
					got.Check(t)
				}
			}
		})
	}
}

// TestExp2 goes through the weights of scores that are ever further below the largest.
func TestExp2(t *testing.T) {
	for _, v := range variants {
		for x := float32(0); x > -140; x -= 0.0371 {
			scores := [Block]float32{0, x}
			v.soften(&scores, 2, &state{most: -1e9})
			want := math.Exp2(float64(max(x, -126)))
			if d := math.Abs(float64(scores[1])/want - 1); d > 1.3e-7 || scores[0] != 1 {
				t.Fatalf("%s: 2^%v is %v, off by %g; 2^0 is %v", v.name, x, scores[1], d, scores[0])
			}
		}
	}
}

func TestMerge(t *testing.T) {
	for _, v := range variants {
		for _, n := range []int{8, 24, 64} {
			for _, later := range []state{{1, 0.5}, {-3, 2}, {100, 1}, {-1000, 3}} {
				o, want, add := kerneltest.NewGuarded(n, 1), kerneltest.Normal(n, 0, 1), kerneltest.Normal(n, 3, 2)
				copy(o.Data, want)
				st, stWant := state{0.5, 1.5}, state{0.5, 1.5}
				v.merge(&st, o.Data, later, add)
				mergeRef(&stWant, want, later, add)
				kerneltest.Near(t, o.Data, want, 3e-7)
				kerneltest.Near(t, []float32{st.most, st.sum}, []float32{stWant.most, stWant.sum}, 3e-7)
				o.Check(t)
			}
		}
	}
}
