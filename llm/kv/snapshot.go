package kv

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"sync"
)

// ErrSnapshot is wrapped by the error for a file that is no snapshot, or is damaged.
var ErrSnapshot = errors.New("malformed snapshot")

// Snapshot is the pages of the beginning of a sequence, as they are kept in a file:
//
//	offset  bytes
//	0       8     the letters qwen-kv and a newline
//	8       4     1, the version of the format
//	12      32    Origin
//	44      4     PageTokens, 1 to 65536
//	48      4     PageBytes, 1 to 2^30
//	52      4     n, the number of tokens, 1 to 2^24
//	56      4·n   Tokens
//	        4     the CRC-32C of all before it
//	        …     Pages, as many as n tokens need, each of PageBytes
//	        4     the CRC-32C of Pages
//
// All numbers are little-endian. The sums tell of accidents; against a file that somebody made on purpose only the
// bounds help: such a file can make answers wrong, and nothing else.
type Snapshot struct {
	Origin     [32]byte // a hash of all that the content of pages depends on: the model, its computation, their layout
	PageTokens int      // tokens a page
	PageBytes  int
	Tokens     []int32
	Pages      []byte // (pages, PageBytes); nil if only the header was read
}

const (
	snapshotMagic   = "qwen-kv\n"
	snapshotVersion = 1
	snapshotFixed   = 56 // bytes before the tokens

	maxPageTokens = 1 << 16
	maxPageBytes  = 1 << 30
	maxTokens     = 1 << 24
)

// castagnoli is made when it is first needed: every start of the program would pay for it.
var castagnoli = sync.OnceValue(func() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) })

// Count returns how many pages the tokens take.
func (s *Snapshot) Count() int { return (len(s.Tokens) + s.PageTokens - 1) / s.PageTokens }

// Page returns the content of page i.
func (s *Snapshot) Page(i int) []byte { return s.Pages[i*s.PageBytes : (i+1)*s.PageBytes] }

// Write writes the file. It panics if the parts of s do not agree or are out of the format's bounds.
func (s *Snapshot) Write(w io.Writer) error {
	if err := s.check(); err != nil || len(s.Pages) != s.Count()*s.PageBytes {
		panic(fmt.Sprintf("kv: Snapshot.Write: %d bytes for %d tokens in pages of %d tokens and %d bytes (%v)", len(s.Pages), len(s.Tokens), s.PageTokens, s.PageBytes, err))
	}
	head := append([]byte(snapshotMagic), 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(head[8:], snapshotVersion)
	head = append(head, s.Origin[:]...)
	for _, n := range []int{s.PageTokens, s.PageBytes, len(s.Tokens)} {
		head = binary.LittleEndian.AppendUint32(head, uint32(n))
	}
	for _, id := range s.Tokens {
		head = binary.LittleEndian.AppendUint32(head, uint32(id))
	}
	head = binary.LittleEndian.AppendUint32(head, crc32.Checksum(head, castagnoli()))
	sum := binary.LittleEndian.AppendUint32(nil, crc32.Checksum(s.Pages, castagnoli()))
	for _, part := range [][]byte{head, s.Pages, sum} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

func (s *Snapshot) check() error {
	for _, f := range []struct {
		name        string
		value, most int
	}{{"tokens a page", s.PageTokens, maxPageTokens}, {"bytes a page", s.PageBytes, maxPageBytes}, {"tokens", len(s.Tokens), maxTokens}} {
		if f.value < 1 || f.value > f.most {
			return fmt.Errorf("kv: %w: found %d %s, wanted 1 to %d", ErrSnapshot, f.value, f.name, f.most)
		}
	}
	return nil
}

// ReadSnapshotHeader reads all of a file but the pages. size is the file's.
func ReadSnapshotHeader(r io.Reader, size int64) (*Snapshot, error) {
	fixed := make([]byte, snapshotFixed)
	if _, err := io.ReadFull(r, fixed); err != nil {
		return nil, short(err, "header", snapshotFixed)
	}
	if string(fixed[:8]) != snapshotMagic {
		return nil, fmt.Errorf("kv: %w: it begins with %q, wanted %q", ErrSnapshot, fixed[:8], snapshotMagic)
	}
	number := func(at int) uint32 { return binary.LittleEndian.Uint32(fixed[at:]) }
	if v := number(8); v != snapshotVersion {
		return nil, fmt.Errorf("kv: %w: found version %d, wanted %d", ErrSnapshot, v, snapshotVersion)
	}
	s := &Snapshot{Origin: [32]byte(fixed[12:44])}
	n := number(52)
	if n > maxTokens || int64(n) > size/4 { // before there is memory for them
		return nil, fmt.Errorf("kv: %w: found %d tokens in %d bytes, wanted 1 to %d", ErrSnapshot, n, size, maxTokens)
	}
	s.PageTokens, s.PageBytes = int(min(number(44), math.MaxInt32)), int(min(number(48), math.MaxInt32))
	s.Tokens = make([]int32, n)
	if err := s.check(); err != nil {
		return nil, err
	}
	if want := snapshotFixed + 4*int64(n) + 4 + int64(s.Count())*int64(s.PageBytes) + 4; size != want {
		return nil, fmt.Errorf("kv: %w: found %d bytes, wanted %d for %d tokens", ErrSnapshot, size, want, n)
	}
	rest := make([]byte, 4*n+4)
	if _, err := io.ReadFull(r, rest); err != nil {
		return nil, short(err, "tokens", len(rest))
	}
	sum := crc32.Update(crc32.Checksum(fixed, castagnoli()), castagnoli(), rest[:4*n])
	if found := binary.LittleEndian.Uint32(rest[4*n:]); found != sum {
		return nil, fmt.Errorf("kv: %w: found sum %08x of the header, wanted %08x", ErrSnapshot, found, sum)
	}
	for i := range s.Tokens {
		s.Tokens[i] = int32(binary.LittleEndian.Uint32(rest[4*i:]))
	}
	return s, nil
}

// ReadSnapshot reads a file of the given size. What it needs in memory is no more than that. The error wraps
// ErrSnapshot if the content is at fault.
func ReadSnapshot(r io.Reader, size int64) (*Snapshot, error) {
	s, err := ReadSnapshotHeader(r, size)
	if err != nil {
		return nil, err
	}
	bytes := make([]byte, s.Count()*s.PageBytes+4)
	if _, err := io.ReadFull(r, bytes); err != nil {
		return nil, short(err, "pages", len(bytes))
	}
	s.Pages = bytes[:len(bytes)-4]
	sum := crc32.Checksum(s.Pages, castagnoli())
	if found := binary.LittleEndian.Uint32(bytes[len(s.Pages):]); found != sum {
		return nil, fmt.Errorf("kv: %w: found sum %08x of the pages, wanted %08x", ErrSnapshot, found, sum)
	}
	return s, nil
}

// short is the error for a part that ends too early, or that cannot be read.
func short(err error, part string, wanted int) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("kv: %w: it ends within the %s, wanted %d bytes of it", ErrSnapshot, part, wanted)
	}
	return err
}
