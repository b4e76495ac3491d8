package quant

import (
	"encoding/binary"
	"math"
	"os"
	"testing"

	"github.com/qwen-agent/qwen-agent/kernels/kerneltest"
)

func TestDequantize(t *testing.T) {
	for _, typ := range Types {
		t.Run(typ.String(), func(t *testing.T) {
			src := read(t, "testdata/"+typ.String()+".blocks")
			bits := read(t, "testdata/"+typ.String()+".f32")
			want := make([]float32, len(bits)/4)
			for i := range want {
				want[i] = math.Float32frombits(binary.LittleEndian.Uint32(bits[4*i:]))
			}
			got := kerneltest.NewGuarded(len(want), 0)
			Dequantize(got.Data, typ, src)
			kerneltest.Equal(t, got.Data, want)
			got.Check(t)
		})
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) < 64 {
		t.Fatalf("%s has only %d bytes", name, len(b))
	}
	return b
}

func TestDequantizeRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		typ   Type
		n     int
		bytes int
	}{
		{"short", Q4_K, 256, 143},
		{"long", Q8_0, 32, 35},
		{"part of a block", Q6_K, 128, 105},
		{"unknown", Type(99), 32, 32},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			Dequantize(make([]float32, c.n), c.typ, make([]byte, c.bytes))
		})
	}
}

func TestTypes(t *testing.T) {
	for _, c := range []struct {
		typ   Type
		num   uint32
		name  string
		n     int
		bytes int
	}{
		{F32, 0, "F32", 3, 12}, {F16, 1, "F16", 3, 6}, {BF16, 30, "BF16", 3, 6},
		{Q4_0, 2, "Q4_0", 64, 36}, {Q4_1, 3, "Q4_1", 64, 40}, {Q5_0, 6, "Q5_0", 64, 44}, {Q5_1, 7, "Q5_1", 64, 48},
		{Q8_0, 8, "Q8_0", 64, 68}, {Q4_K, 12, "Q4_K", 512, 288}, {Q5_K, 13, "Q5_K", 512, 352}, {Q6_K, 14, "Q6_K", 512, 420},
	} {
		if uint32(c.typ) != c.num || c.typ.String() != c.name || !c.typ.Supported() || c.typ.Bytes(c.n) != c.bytes {
			t.Errorf("%v: number %d, supported %v, %d elements in %d bytes", c.typ, c.typ, c.typ.Supported(), c.n, c.typ.Bytes(c.n))
		}
	}
	if x := Type(9); x.Supported() || x.String() != "Type(9)" {
		t.Errorf("Type(9): %v, supported %v", x, x.Supported())
	}
	described := 0
	for n := range 1000 {
		if Type(n).Supported() {
			described++
		}
	}
	if len(Types) != described {
		t.Errorf("%d types listed, %d described", len(Types), described)
	}
}
