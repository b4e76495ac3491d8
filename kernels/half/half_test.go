package half

import (
	"math"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels/kerneltest"
)

// value is what the bits of a float16 mean, by the standard's formula.
func value(h uint16) float64 {
	sign, exp, frac := float64(1-2*int(h>>15)), int(h>>10&31), float64(h&1023)
	switch {
	case exp == 31 && frac == 0:
		return math.Inf(int(sign))
	case exp == 31:
		return math.NaN()
	case exp == 0:
		return math.Copysign(math.Ldexp(frac, -24), sign)
	}
	return sign * math.Ldexp(1024+frac, exp-25)
}

func TestDecode(t *testing.T) {
	all, want := make([]uint16, 1<<16), make([]float32, 1<<16)
	for i := range all {
		all[i], want[i] = uint16(i), float32(value(uint16(i)))
	}
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			got := make([]float32, 1<<16)
			v.decode(got, all)
			kerneltest.Equal(t, got, want)
			for n := range 70 { // every tail, every alignment
				for off := range 4 {
					src := kerneltest.Aligned[uint16](n, off)
					copy(src, all[15000:])
					dst := kerneltest.NewGuarded(n, off)
					v.decode(dst.Data, src)
					kerneltest.Equal(t, dst.Data, want[15000:15000+n])
					dst.Check(t)
				}
			}
		})
	}
}

func TestEncode(t *testing.T) {
	// Every float16 value, the middle to the next one, and the numbers beside that middle.
	var src []float32
	var want []uint16
	add := func(f float64, h uint16) { src, want = append(src, float32(f), -float32(f)), append(want, h, h|0x8000) }
	for h := range uint16(0x7c00) {
		next := value(h + 1)
		if h == 0x7bff {
			next = 65536 // where the next value would be, were there an exponent for it
		}
		middle := (value(h) + next) / 2
		even := h + h&1
		add(value(h), h)
		add(middle, even)
		add(float64(math.Nextafter32(float32(middle), 0)), h)
		add(float64(math.Nextafter32(float32(middle), 1e9)), h+1)
	}
	add(1e-30, 0)
	add(1e30, 0x7c00)
	add(math.Inf(1), 0x7c00)
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			got := make([]uint16, len(src))
			v.encode(got, src)
			for i := range got {
				if got[i] != want[i] {
					t.Fatalf("%v gives %#04x, want %#04x", src[i], got[i], want[i])
				}
			}
			nan := make([]uint16, 9)
			v.encode(nan, []float32{9: 0}[:9])
			v.encode(nan, append(make([]float32, 8), float32(math.NaN())))
			if !math.IsNaN(value(nan[8])) {
				t.Errorf("NaN gives %#04x", nan[8])
			}
			for n := range 70 {
				for off := range 4 {
					x := kerneltest.Aligned[float32](n, off)
					copy(x, src[1000:])
					dst := kerneltest.NewGuardedInts[uint16](n, off, 0x1234)
					v.encode(dst.Data, x)
					for i, h := range dst.Data {
						if h != want[1000+i] {
							t.Fatalf("%d elements: element %d is %#04x, want %#04x", n, i, h, want[1000+i])
						}
					}
					dst.Check(t)
				}
			}
		})
	}
}

func TestBFloat32(t *testing.T) {
	for _, c := range []struct {
		bits uint16
		want float32
	}{{0x3f80, 1}, {0xc000, -2}, {0x0000, 0}, {0x4049, 3.140625}, {0x7f80, float32(math.Inf(1))}} {
		if got := BFloat32(c.bits); got != c.want {
			t.Errorf("%#04x is %v, want %v", c.bits, got, c.want)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, v := range variants {
		b.Run(v.name+"/n=4096", func(b *testing.B) {
			dst, src := make([]float32, 4096), make([]uint16, 4096)
			b.SetBytes(4096 * 6)
			for b.Loop() {
				v.decode(dst, src)
			}
		})
	}
}
