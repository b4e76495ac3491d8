package kv

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"testing"
)

func snapshot() *Snapshot {
	s := &Snapshot{PageTokens: 4, PageBytes: 10, Tokens: []int32{7, 1, 151935, 0, 3, 9}}
	for i := range s.Origin {
		s.Origin[i] = byte(i)
	}
	for i := range 2 * s.PageBytes {
		s.Pages = append(s.Pages, byte(200+i))
	}
	return s
}

func written(t testing.TB, s *Snapshot) []byte {
	var b bytes.Buffer
	if err := s.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func equal(a, b *Snapshot) bool {
	return a.Origin == b.Origin && a.PageTokens == b.PageTokens && a.PageBytes == b.PageBytes && slices.Equal(a.Tokens, b.Tokens) && bytes.Equal(a.Pages, b.Pages)
}

func TestSnapshot(t *testing.T) {
	s := snapshot()
	data := written(t, s)
	if want := 56 + 4*6 + 4 + 2*10 + 4; len(data) != want || s.Count() != 2 || s.Page(1)[0] != 210 {
		t.Errorf("%d bytes, %d pages; want %d and 2", len(data), s.Count(), want)
	}
	got, err := ReadSnapshot(bytes.NewReader(data), int64(len(data)))
	if err != nil || !equal(got, s) {
		t.Errorf("read back it is %+v, %v", got, err)
	}
	head, err := ReadSnapshotHeader(bytes.NewReader(data), int64(len(data)))
	if err != nil || head.Pages != nil || !slices.Equal(head.Tokens, s.Tokens) {
		t.Errorf("its header is %+v, %v", head, err)
	}
}

// TestSnapshotDamage changes each byte, and cuts the file at each place: all of it is noticed.
func TestSnapshotDamage(t *testing.T) {
	data := written(t, snapshot())
	for i := range data {
		for _, bit := range []byte{1, 0x80} {
			bad := slices.Clone(data)
			bad[i] ^= bit
			if _, err := ReadSnapshot(bytes.NewReader(bad), int64(len(bad))); !errors.Is(err, ErrSnapshot) {
				t.Fatalf("byte %d changed: %v", i, err)
			}
		}
		if _, err := ReadSnapshot(bytes.NewReader(data[:i]), int64(i)); !errors.Is(err, ErrSnapshot) {
			t.Fatalf("cut after %d bytes: %v", i, err)
		}
		if _, err := ReadSnapshot(bytes.NewReader(data[:i]), int64(len(data))); !errors.Is(err, ErrSnapshot) {
			t.Fatalf("cut after %d bytes while it is read: %v", i, err)
		}
	}
	longer := append(slices.Clone(data), 0)
	if _, err := ReadSnapshot(bytes.NewReader(longer), int64(len(longer))); !errors.Is(err, ErrSnapshot) {
		t.Errorf("a byte too many: %v", err)
	}
}

// TestSnapshotBounds gives sizes that the format does not allow, with sums that are right.
func TestSnapshotBounds(t *testing.T) {
	for _, test := range []struct {
		at    int
		value uint32
		want  string
	}{
		{8, 2, "found version 2, wanted 1"},
		{44, 0, "found 0 tokens a page"}, {44, 1 << 17, "found 131072 tokens a page"}, {44, 1<<32 - 1, "tokens a page"},
		{48, 0, "found 0 bytes a page"}, {48, 1 << 31, "bytes a page"}, {48, 11, "found 108 bytes, wanted 110"},
		{52, 0, "found 0 tokens, wanted"}, {52, 1<<32 - 1, "found 4294967295 tokens in 108 bytes"}, {52, 1 << 20, "tokens in 108 bytes"},
	} {
		data := written(t, snapshot())
		binary.LittleEndian.PutUint32(data[test.at:], test.value)
		binary.LittleEndian.PutUint32(data[80:], crc32.Checksum(data[:80], castagnoli()))
		_, err := ReadSnapshot(bytes.NewReader(data), int64(len(data)))
		if !errors.Is(err, ErrSnapshot) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%d at byte %d: %v, want %q in it", test.value, test.at, err, test.want)
		}
	}
	broken := errors.New("disk")
	if _, err := ReadSnapshot(io.MultiReader(bytes.NewReader(written(t, snapshot())[:90]), failing{broken}), 108); !errors.Is(err, broken) || errors.Is(err, ErrSnapshot) {
		t.Errorf("a disk that breaks: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// FuzzSnapshot reads any bytes: they are refused, or written again they are the same.
func FuzzSnapshot(f *testing.F) {
	data := written(f, snapshot())
	f.Add(data)
	f.Add(data[:60])
	f.Add([]byte(snapshotMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ReadSnapshot(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			if !errors.Is(err, ErrSnapshot) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		if again := written(t, s); !bytes.Equal(again, data) {
			t.Fatalf("%d bytes became others", len(data))
		}
	})
}
