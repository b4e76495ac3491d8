package gguf

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
)

// raw builds files byte by byte, right or wrong.
type raw []byte

func file(version uint32, tensors, keys uint64) raw {
	return raw(magic).u32(version).u64(tensors).u64(keys)
}

func (r raw) u8(v ...uint8) raw            { return append(r, v...) }
func (r raw) u32(v uint32) raw             { return binary.LittleEndian.AppendUint32(r, v) }
func (r raw) u64(v uint64) raw             { return binary.LittleEndian.AppendUint64(r, v) }
func (r raw) str(s string) raw             { return append(r.u64(uint64(len(s))), s...) }
func (r raw) zeros(n int) raw              { return append(r, make([]byte, n)...) }
func (r raw) pad() raw                     { return r.zeros(align(len(r), 32) - len(r)) }
func (r raw) key(s string) raw             { return r.str(s).u32(uint32(Uint8)).u8(7) }
func (r raw) of(s string, k Kind) raw      { return r.str(s).u32(uint32(k)) }
func (r raw) list(elem Kind, n uint64) raw { return r.u32(uint32(elem)).u64(n) }

func (r raw) tensor(name string, typ uint32, offset uint64, dims ...uint64) raw {
	r = r.str(name).u32(uint32(len(dims)))
	for _, d := range dims {
		r = r.u64(d)
	}
	return r.u32(typ).u64(offset)
}

// one is a file with one key, which has a value of kind k.
func one(k Kind) raw { return file(3, 0, 1).of("k", k) }

const huge = math.MaxUint64

var badFiles = []struct {
	name string
	data raw
	want string // the part of the error that names the fault and the place
}{
	// the header
	{"empty", raw{}, `magic at byte 0 is cut off after 0 bytes, wanted 4 bytes`},
	{"half magic", raw("GG"), `magic at byte 0 is cut off after 2 bytes`},
	{"other magic", raw("GGML").u32(3).zeros(16), `magic at byte 0 is "GGML", wanted "GGUF"`},
	{"magic backwards", raw("FUGG").u32(3).zeros(16), `magic at byte 0 is "FUGG"`},
	{"web page", raw("<!DOCTYPE html><html></html>"), `magic at byte 0 is "<!DO"`},
	{"only magic", raw(magic), `version at byte 4 is cut off`},
	{"version 0", file(0, 0, 0), `version at byte 4 is 0, wanted 2 or 3`},
	{"version 1", file(1, 0, 0), `unsupported file: version at byte 4 is 1, wanted 2 or 3`},
	{"version 4", file(4, 0, 0), `version at byte 4 is 4`},
	{"version huge", file(math.MaxUint32, 0, 0), `version at byte 4 is 4294967295`},
	{"big-endian", file(3<<24, 0, 0), `unsupported file: version at byte 4 is 3 in big-endian order`},
	{"no counts", raw(magic).u32(3), `number of tensors at byte 8 is cut off`},
	{"no number of keys", raw(magic).u32(3).u64(0), `number of keys at byte 16 is cut off`},
	{"huge number of tensors", file(3, huge, 0), `number of tensors at byte 8 is 18446744073709551615, wanted at most 65536`},
	{"number of tensors times size wraps", file(3, huge/minTensorBytes+2, 0), `number of tensors at byte 8 is`},
	{"tensors without bytes", file(3, 1, 0), `number of tensors at byte 8 is 1, wanted at most 0, for which the 8 bytes`},
	{"many tensors", file(3, 40000, 0).zeros(1000), `number of tensors at byte 8 is 40000, wanted at most 40`},
	{"tensors over the limit", file(3, maxTensors+1, 0).zeros(25 * (maxTensors + 2)), `wanted at most 65536`},
	{"huge number of keys", file(3, 0, huge), `number of keys at byte 16 is 18446744073709551615, wanted at most 65536`},
	{"negative number of keys", file(3, 0, 1<<63), `number of keys at byte 16 is 9223372036854775808`},
	{"keys without bytes", file(3, 0, 1), `number of keys at byte 16 is 1, wanted at most 0`},
	{"keys and tensors share room", file(3, 4, 7).zeros(100), `number of tensors and keys at byte 8 is 4 and 7, which take 198 bytes, wanted at most the 100`},

	// keys
	{"huge key name", file(3, 0, 1).u64(huge).zeros(20), `length of the name of key 0 at byte 24 is 18446744073709551615, wanted at most 65535`},
	{"key name past the end", file(3, 0, 1).u64(21).zeros(20), `length of the name of key 0 at byte 24 is 21, wanted at most the 20 bytes`},
	{"key name over the limit", file(3, 0, 1).str(strings.Repeat("k", 65536)).u32(0).u8(0), `length of the name of key 0 at byte 24 is 65536`},
	{"empty key", file(3, 0, 1).key("").zeros(1), `name of key 0 at byte 32 is empty`},
	{"key not UTF-8", file(3, 0, 1).key("a\xffb"), `name of key 0 at byte 32 is "a\xffb", wanted UTF-8`},
	{"key is half a rune", file(3, 0, 1).key("a\xe4\xb8"), `wanted UTF-8`},
	{"key is a surrogate", file(3, 0, 1).key("\xed\xa0\x80"), `wanted UTF-8`},
	{"key twice", file(3, 0, 2).key("same").key("same"), `name of key "same" at byte 49 is there twice`},
	{"key twice with other types", file(3, 0, 3).key("same").key("x").of("same", String).str(""), `name of key "same" at byte 63 is there twice`},
	{"second key cut off", file(3, 0, 2).key("a").str("b234").u32(0), `value of key "b234" at byte 54 is cut off`},
	{"no type", file(3, 0, 1).str("abcdef"), `type of key "abcdef" at byte 38 is cut off`},
	{"type 13", file(3, 0, 1).of("k", 13).zeros(8), `type of key "k" at byte 33 is 13, wanted 0 to 12`},
	{"type huge", file(3, 0, 1).of("k", math.MaxUint32).zeros(8), `type of key "k" at byte 33 is 4294967295`},
	{"long name in the error", file(3, 0, 1).of(strings.Repeat("n", 5000), 99).zeros(8), `nnnn"… at byte 5032 is 99`},

	// scalars
	{"uint32 cut off", one(Uint32).u8(1, 2, 3), `value of key "k" at byte 37 is cut off after 3 bytes, wanted 4 bytes`},
	{"uint64 cut off", one(Uint64).u32(1), `value of key "k" at byte 37 is cut off after 4 bytes, wanted 8 bytes`},
	{"float64 cut off", one(Float64).u32(1).u8(1), `value of key "k" at byte 37 is cut off after 5 bytes`},
	{"bool 2", one(Bool).u8(2), `value of key "k" at byte 37 is 2, wanted 0 or 1`},
	{"bool 255", one(Bool).u8(255), `value of key "k" at byte 37 is 255`},

	// strings
	{"string cut off", one(String).u64(10).u32(0), `length of a string of key "k" at byte 37 is 10, wanted at most the 4 bytes`},
	{"string without length", one(String).u32(0), `length of a string of key "k" at byte 37 is cut off`},
	{"huge string", one(String).u64(1 << 40).zeros(9), `length of a string of key "k" at byte 37 is 1099511627776, wanted at most 16777216`},
	{"string length wraps", one(String).u64(huge - 36).zeros(9), `length of a string of key "k" at byte 37 is 18446744073709551579`},
	{"negative string", one(String).u64(1 << 63), `length of a string of key "k" at byte 37 is 9223372036854775808`},
	{"string over the limit", one(String).str(strings.Repeat("x", maxString+1)), `is 16777217, wanted at most 16777216`},

	// arrays
	{"array without type", one(Array).u8(1, 2), `element type of key "k" at byte 37 is cut off`},
	{"array of type 13", one(Array).list(13, 0), `element type of key "k" at byte 37 is 13`},
	{"array without number", one(Array).u32(0).u32(0), `number of elements of key "k" at byte 41 is cut off`},
	{"huge array", one(Array).list(Uint8, huge), `number of elements of key "k" at byte 41 is 18446744073709551615`},
	{"array size wraps", one(Array).list(Uint64, 1<<61+1).u64(0), `number of elements of key "k" at byte 41 is 2305843009213693953`},
	{"array of uint16 past the end", one(Array).list(Uint16, 3).zeros(5), `number of elements of key "k" at byte 41 is 3, wanted at most 2`},
	{"huge array of strings", one(Array).list(String, 1<<40).zeros(64), `is 1099511627776, wanted at most`},
	{"array of strings without room", one(Array).list(String, 9).zeros(64), `number of elements of key "k" at byte 41 is 9, wanted at most 8`},
	{"string in an array cut off", one(Array).list(String, 2).str("ab").u64(5).u8(1), `length of a string of key "k" at byte 59 is 5, wanted at most the 1 bytes`},
	{"huge string in an array", one(Array).list(String, 2).str("ab").u64(huge), `length of a string of key "k" at byte 59`},
	{"bool in an array", one(Array).list(Bool, 3).u8(0, 1, 3), `elements of key "k" at byte 51 is 3, wanted 0 or 1`},
	{"array of arrays cut off", one(Array).list(Array, 2).list(Uint8, 5).zeros(5).list(Uint8, 0)[:76], `number of elements of key "k" at byte 70 is cut off`},
	{"huge array of arrays", one(Array).list(Array, 1<<40).zeros(100), `number of elements of key "k" at byte 41 is 1099511627776, wanted at most 536870912`},
	{"array of arrays without room", one(Array).list(Array, 9).zeros(100), `number of elements of key "k" at byte 41 is 9, wanted at most 8`},
	{"huge array in an array", one(Array).list(Array, 1).list(Uint32, 1<<62), `number of elements of key "k" at byte 53`},
	{"nine arrays nested", nested(9), `nesting of arrays of key "k" at byte 133 is deeper, wanted at most 8`},
	{"200000 arrays nested", nested(200000), `nesting of arrays of key "k" at byte 133`},
	{"wide and deep", wide(), `nesting of arrays of key "k"`},

	// alignment
	{"alignment 0", aligned(0), `value of key "general.alignment" at byte 53 is 0, wanted a power of two from 8`},
	{"alignment 1", aligned(1), `value of key "general.alignment" at byte 53 is 1,`},
	{"alignment 48", aligned(48), `value of key "general.alignment" at byte 53 is 48`},
	{"alignment 2^31", aligned(1 << 31), `value of key "general.alignment" at byte 53 is 2147483648`},
	{"alignment 2^32-1", aligned(math.MaxUint32), `value of key "general.alignment" at byte 53 is 4294967295`},
	{"alignment uint64", file(3, 0, 1).of("general.alignment", Uint64).u64(32), `type of key "general.alignment" at byte 49 is uint64, wanted uint32`},
	{"alignment string", file(3, 0, 1).of("general.alignment", String).str("32"), `type of key "general.alignment" at byte 49 is string`},
	{"alignment array", file(3, 0, 1).of("general.alignment", Array).list(Uint32, 1).u32(32), `type of key "general.alignment" at byte 49 is array of uint32`},

	// tensors
	{"tensor name huge", file(3, 1, 0).u64(huge).zeros(40), `length of the name of tensor 0 at byte 24 is 18446744073709551615, wanted at most 64`},
	{"tensor name long", file(3, 1, 0).tensor(strings.Repeat("n", 65), 0, 0, 1).pad().zeros(4), `length of the name of tensor 0 at byte 24 is 65`},
	{"tensor name past the end", file(3, 1, 0).u64(60).zeros(30), `length of the name of tensor 0 at byte 24 is 60, wanted at most the 30 bytes`},
	{"tensor name empty", file(3, 1, 0).tensor("", 0, 0, 1).pad().zeros(4), `name of tensor 0 at byte 32 is empty`},
	{"tensor name not UTF-8", file(3, 1, 0).tensor("\xc0\x80", 0, 0, 1).pad().zeros(4), `name of tensor 0 at byte 32 is "\xc0\x80", wanted UTF-8`},
	{"tensor twice", file(3, 2, 0).tensor("t", 0, 0, 1).tensor("t", 0, 32, 1).pad().zeros(36), `name of tensor "t" at byte 65 is there twice`},
	{"five dimensions", file(3, 1, 0).tensor("t", 0, 0, 1, 1, 1, 1, 1).pad().zeros(4), `number of dimensions of tensor "t" at byte 33 is 5, wanted at most 4`},
	{"2^32-1 dimensions", file(3, 1, 0).str("t").u32(math.MaxUint32).zeros(40), `number of dimensions of tensor "t" at byte 33 is 4294967295`},
	{"dimensions cut off", file(3, 1, 0).str("long name").u32(4).u64(1).u32(1), `size of a dimension of tensor "long name" at byte 53 is cut off`},
	{"dimension 0", file(3, 1, 0).tensor("t", 0, 0, 4, 0), `size of a dimension of tensor "t" at byte 45 is 0, wanted at least 1`},
	{"dimension 2^63", file(3, 1, 0).tensor("t", 0, 0, 1<<63), `number of elements of tensor "t" at byte 37 is 1 times 9223372036854775808`},
	{"dimensions wrap to 0", file(3, 1, 0).tensor("t", 0, 0, 1<<32, 1<<32), `number of elements of tensor "t" at byte 45 is 4294967296 times 4294967296`},
	{"dimensions wrap to 4", file(3, 1, 0).tensor("t", 0, 0, 1<<42, 1<<42, 1<<42, 4), `number of elements of tensor "t" at byte 45`},
	{"dimension 2^42", file(3, 1, 0).tensor("t", 0, 0, 1<<42), `end of the data of tensor "t" at byte 49 is byte 17592186044480, wanted at most 57`},
	{"type cut off", file(3, 1, 0).str("t234567").u32(1).u64(1).u8(0), `type of tensor "t234567" at byte 51 is cut off after 1 bytes`},
	{"type 4, which is gone", file(3, 1, 0).tensor("t", 4, 0, 32), `malformed file: type of tensor "t" at byte 45 is 4, wanted one of F32 F16`},
	{"type 77", file(3, 1, 0).tensor("t", 77, 0, 32), `malformed file: type of tensor "t" at byte 45 is 77`},
	{"type Q2_K", file(3, 1, 0).tensor("blk.0.ffn_up.weight", 10, 0, 256), `unsupported file: type of tensor "blk.0.ffn_up.weight" at byte 63 is Q2_K, wanted one of`},
	{"type IQ4_XS", file(3, 1, 0).tensor("t", 23, 0, 256), `unsupported file: type of tensor "t" at byte 45 is IQ4_XS`},
	{"type 2^32-1", file(3, 1, 0).tensor("t", math.MaxUint32, 0, 256), `type of tensor "t" at byte 45 is 4294967295`},
	{"row not in blocks", file(3, 1, 0).tensor("t", 12, 0, 128, 2).pad().zeros(144), `first dimension of tensor "t" at byte 53 is 128, wanted a multiple of 256, the block of Q4_K`},
	{"scalar of blocks", file(3, 1, 0).tensor("t", 8, 0).zeros(99), `first dimension of tensor "t" at byte 37 is 1, wanted a multiple of 32`},
	{"offset cut off", file(3, 1, 0).tensor("t", 0, 0, 1)[:54], `offset of tensor "t" at byte 49 is cut off after 5 bytes`},
	{"offset not aligned", file(3, 1, 0).tensor("t", 0, 4, 1).pad().zeros(8), `offset of tensor "t" at byte 49 is 4, wanted a multiple of the alignment, 32`},

	// data
	{"no data", file(3, 1, 0).tensor("t", 0, 0, 1), `end of the data of tensor "t" at byte 49 is byte 68, wanted at most 57, the size of the file`},
	{"data one byte short", file(3, 1, 0).tensor("t", 0, 0, 8).pad().zeros(31), `is byte 96, wanted at most 95`},
	{"offset past the end", file(3, 1, 0).tensor("t", 0, 1<<40, 1).pad().zeros(4), `end of the data of tensor "t" at byte 49 is byte 1099511627844`},
	{"offset wraps", file(3, 1, 0).tensor("t", 0, huge-31, 64).pad().zeros(256), `end of the data of tensor "t" at byte 49 is byte 18446744073709551904`},
	{"same data", file(3, 2, 0).tensor("a", 0, 0, 1).tensor("b", 0, 0, 1).pad().zeros(32), `data of tensor "b" at byte 82 is at 0, wanted at least 4, the end of tensor "a"`},
	{"data overlaps", file(3, 2, 0).tensor("a", 0, 0, 16).tensor("b", 0, 32, 8).pad().zeros(96), `data of tensor "b" at byte 82 is at 32, wanted at least 64, the end of tensor "a"`},
	{"data overlaps backwards", file(3, 2, 0).tensor("a", 0, 32, 8).tensor("b", 0, 0, 16).pad().zeros(96), `data of tensor "a" at byte 49 is at 32, wanted at least 64, the end of tensor "b"`},
}

// nested is an array in an array …, n deep.
func nested(n int) raw {
	r := one(Array)
	for range n - 1 {
		r = r.list(Array, 1)
	}
	return r.list(Uint8, 0)
}

// wide has 1000 arrays of which the last is nested too deep.
func wide() raw {
	r := one(Array).list(Array, 1000)
	for range 999 {
		r = r.list(Uint8, 0)
	}
	for range maxNesting {
		r = r.list(Array, 1)
	}
	return r.list(Uint8, 0)
}

func aligned(n uint32) raw { return file(3, 0, 1).of("general.alignment", Uint32).u32(n) }

func TestBadFiles(t *testing.T) {
	seen := map[string]bool{}
	for _, test := range badFiles {
		t.Run(test.name, func(t *testing.T) {
			if seen[test.name] {
				t.Fatal("two files with this name")
			}
			seen[test.name] = true
			f, err := Read(test.data)
			var e *Error
			if !errors.As(err, &e) || !errors.Is(err, ErrFormat) || f != nil {
				t.Fatalf("got %v, %v; want an *Error and no file", f, err)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %q\nwant one with %q", err, test.want)
			}
			if unsupported := strings.Contains(test.want, "unsupported"); errors.Is(err, ErrUnsupported) != unsupported {
				t.Errorf("error %q: unsupported is %v, want %v", err, !unsupported, unsupported)
			}
			if len(err.Error()) > 400 {
				t.Errorf("error of %d bytes", len(err.Error()))
			}
		})
	}
	if len(badFiles) < 60 {
		t.Errorf("%d files, want at least 60", len(badFiles))
	}
}

// TestGoodFiles reads odd files that are in order.
func TestGoodFiles(t *testing.T) {
	for _, test := range []struct {
		name string
		data raw
	}{
		{"nothing in it", file(3, 0, 0)},
		{"version 2", file(2, 0, 1).key("k")},
		{"bytes after the data", file(3, 1, 0).tensor("t", 0, 0, 1).pad().zeros(100)},
		{"gap between tensors", file(3, 2, 0).tensor("a", 0, 0, 1).tensor("b", 0, 64, 1).pad().zeros(68)},
		{"tensors in another order", file(3, 2, 0).tensor("a", 0, 32, 1).tensor("b", 0, 0, 8).pad().zeros(64)},
		{"no dimensions", file(3, 1, 0).tensor("t", 0, 0).pad().zeros(4)},
		{"eight arrays nested", nested(8)},
		{"empty string", one(String).str("")},
		{"empty arrays", one(Array).list(Array, 3).list(String, 0).list(Array, 0).list(Bool, 0)},
		{"string not UTF-8", one(Array).list(String, 1).str("\xff\xfe")},
		{"name of 64 bytes", file(3, 1, 0).tensor(strings.Repeat("n", 64), 0, 0, 1).pad().zeros(4)},
	} {
		f, err := Read(test.data)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		survivesWriter(t, f)
		f.Summary()
	}
}

// TestMemory checks that a file that lies about its sizes costs no more memory than
// its own size justifies.
func TestMemory(t *testing.T) {
	tests := []struct {
		name string
		data raw
	}{
		{"huge array of arrays in a long file", one(Array).list(Array, 1<<20).zeros(4 << 20)},
		{"as many tensors as fit", file(3, maxTensors, 0).zeros(25 * maxTensors)},
		{"as many keys as fit", file(3, 0, maxKeys).zeros(14 * maxKeys)},
	}
	var keys, tensors = file(3, 0, maxKeys), file(3, maxTensors, 0)
	for i := range maxKeys {
		keys = keys.key(fmt.Sprintf("%04x", i))
		tensors = tensors.tensor(fmt.Sprintf("%04x", i), 0, uint64(i)*32)
	}
	tests = append(tests, struct {
		name string
		data raw
	}{"all keys", keys}, struct {
		name string
		data raw
	}{"all tensors, no data", tensors})
	for _, bad := range badFiles {
		tests = append(tests, struct {
			name string
			data raw
		}{bad.name, bad.data})
	}
	for _, test := range tests {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Read(test.data)
		runtime.ReadMemStats(&after)
		most := uint64(32<<20) + uint64(len(test.data))
		if len(test.data) < 1<<16 {
			most = 1 << 17 // a small file has no excuse
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > most {
			t.Errorf("%s: %d bytes of file took %d bytes of memory, want at most %d (%v)", test.name, len(test.data), got, most, err)
		}
	}
}

// TestEveryPrefix reads each beginning of a good file: the error must never be a panic,
// and there must be one until the last byte of data is there.
func TestEveryPrefix(t *testing.T) {
	data, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	f := readGolden(t)
	last := f.tensors[len(f.tensors)-1]
	need := int(last.Offset) + len(last.Data)
	for n := range len(data) + 1 {
		// Cut the capacity too: reading past the end must panic rather than pass.
		_, err := Read(data[:n:n])
		if (err == nil) != (n >= need) {
			t.Fatalf("the first %d of %d bytes: error %v", n, need, err)
		}
		if err != nil && !errors.Is(err, ErrFormat) {
			t.Fatalf("the first %d bytes: error of another kind: %v", n, err)
		}
	}
}

// TestMutations changes bytes of a good file at random, mostly in its header.
func TestMutations(t *testing.T) {
	data, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	header := int(readGolden(t).tensors[0].Offset)
	rng := rand.New(rand.NewPCG(1, 2))
	values := []byte{0, 1, 2, 8, 9, 12, 0x7f, 0x80, 0xff}
	good := 0
	for range 20000 {
		mutant := bytes.Clone(data)
		for range 1 + rng.IntN(3) {
			at := rng.IntN(header)
			switch rng.IntN(4) {
			case 0:
				mutant[at] = values[rng.IntN(len(values))]
			case 1:
				mutant[at] ^= 1 << rng.IntN(8)
			case 2: // a number of 64 bits near a limit
				n := uint64(1)<<rng.IntN(64) + uint64(rng.IntN(3)) - 1
				copy(mutant[at:], binary.LittleEndian.AppendUint64(nil, n))
			case 3: // a piece of the file over another
				copy(mutant[at:], data[rng.IntN(header):][:1+rng.IntN(40)])
			}
		}
		f, err := Read(mutant)
		if err == nil {
			good++
			f.Summary()
			for _, e := range f.entries {
				e.value.Any()
			}
		} else if !errors.Is(err, ErrFormat) {
			t.Fatalf("error of another kind: %v", err)
		}
	}
	if good == 0 || good == 20000 {
		t.Errorf("%d of 20000 mutants were read: the mutations test nothing", good)
	}
}

func FuzzRead(f *testing.F) {
	data, err := os.ReadFile(golden)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(nested(8)))
	for _, bad := range badFiles {
		if len(bad.data) < 4096 {
			f.Add([]byte(bad.data))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Read(data)
		if err == nil {
			survivesWriter(t, file)
		} else if !errors.Is(err, ErrFormat) {
			t.Fatalf("error of another kind: %v", err)
		}
	})
}
