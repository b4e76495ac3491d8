package tokenizer

import (
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

// builder collects tokens and merges from any source and makes the Tokenizer of them.
type builder struct {
	t       *Tokenizer
	ids     textTable // text tokens by their bytes
	left    []int32   // by rank: the ids that a merge joins
	right   []int32
	buffer  []byte
	spelled []string // the tokens as a Vocabulary has them, if they are from one
}

func newBuilder(tokens, merges int) *builder {
	t := &Tokenizer{
		texts:  texts{make([]byte, 0, 8*tokens), make([]uint32, 1, tokens+1)},
		types:  make([]uint8, 0, tokens),
		result: make([]int32, 0, merges),
	}
	t.special.ids = map[string]int32{}
	return &builder{t: t, left: make([]int32, 0, merges), right: make([]int32, 0, merges)}
}

// addSpelled adds the next token as a Vocabulary has it.
func (b *builder) addSpelled(token string, typ int32) error {
	id := len(b.t.types)
	if len(token) > 2*maxTokenLen { // a byte is spelled with at most two; the error below would be as long
		return tooLong(id, len(token))
	}
	if typ == TypeNormal {
		var ok bool
		if b.buffer, ok = appendSpelled(b.buffer[:0], token); !ok {
			return fmt.Errorf("tokenizer: token %d is %q, want the byte-to-unicode spelling", id, token)
		}
		return b.add(b.buffer, typ)
	}
	if typ == TypeUserDefined && token == "[PAD"+strconv.Itoa(id)+"]" {
		typ = TypeUnused // what older converters called user defined
	}
	return b.add([]byte(token), typ)
}

func tooLong(id, n int) error {
	return fmt.Errorf("tokenizer: token %d has %d bytes, want at most %d", id, n, maxTokenLen)
}

// add adds the next token: its bytes and its GGUF type.
func (b *builder) add(token []byte, typ int32) error {
	t, id := b.t, len(b.t.types)
	switch {
	case typ < TypeNormal || typ > TypeByte:
		return fmt.Errorf("tokenizer: token %d has type %d, want 1 to 6", id, typ)
	case len(token) == 0 && typ != TypeUnused:
		return fmt.Errorf("tokenizer: token %d is empty", id)
	case uint64(len(t.texts.bytes)+len(token)) > math.MaxUint32:
		return fmt.Errorf("tokenizer: the tokens have more than %d bytes", uint32(math.MaxUint32))
	case len(token) > maxTokenLen:
		return tooLong(id, len(token))
	}
	if typ == TypeControl || typ == TypeUserDefined {
		if other, ok := t.special.ids[string(token)]; ok {
			return fmt.Errorf("tokenizer: tokens %d and %d are both %q", other, id, token)
		}
		t.special.ids[string(token)] = int32(id)
	}
	x := &t.texts
	x.bytes = append(x.bytes, token...)
	x.offset = append(x.offset, uint32(len(x.bytes)))
	t.types = append(t.types, uint8(typ))
	return nil
}

// index makes the text tokens known by their bytes; merges can be added after it.
func (b *builder) index() error {
	t := b.t
	b.ids = newTextTable(t)
	for i := range t.bytes {
		t.bytes[i] = -1
	}
	for id, typ := range t.types {
		if typ != TypeNormal {
			continue
		}
		token := t.Token(int32(id))
		if other := b.ids.put(token, int32(id)); other >= 0 {
			return fmt.Errorf("tokenizer: tokens %d and %d are both %q", other, id, token)
		}
		if len(token) == 1 {
			t.bytes[token[0]] = int32(id)
		}
	}
	for c, id := range t.bytes {
		if id < 0 {
			return fmt.Errorf("tokenizer: no token for byte 0x%02x", c)
		}
	}
	return nil
}

// addMergeSpelled adds the next merge as a Vocabulary has it.
func (b *builder) addMergeSpelled(left, right string) error {
	rank := len(b.left)
	made := int32(firstMerged + rank)
	token, n := b.joined(made, left, right)
	if token == nil { // ids are not in the order of the merges
		buf, okLeft := appendSpelled(b.buffer[:0], left)
		n = len(buf)
		buf, okRight := appendSpelled(buf, right)
		b.buffer, token = buf, buf
		if !okLeft || !okRight || n == 0 || n == len(buf) {
			return fmt.Errorf("tokenizer: merge %d is %q, want two tokens in the byte-to-unicode spelling", rank, left+" "+right)
		}
		made = b.ids.get(token)
	}
	l, r := b.ids.get(token[:n]), b.ids.get(token[n:])
	if l < 0 || r < 0 || made < 0 {
		missing := token
		if l < 0 {
			missing = token[:n]
		} else if r < 0 {
			missing = token[n:]
		}
		return fmt.Errorf("tokenizer: merge %d is %q, but %q is no token", rank, left+" "+right, missing)
	}
	b.addMerge(l, r, made)
	return nil
}

// joined returns the bytes of a text token and how many of them left spells, if left and
// right together are its spelling, and else nil.
func (b *builder) joined(id int32, left, right string) (token []byte, n int) {
	if int(id) >= len(b.spelled) || b.t.types[id] != TypeNormal || left == "" || right == "" || !utf8.RuneStart(right[0]) {
		return nil, 0
	}
	if s := b.spelled[id]; len(s) != len(left)+len(right) || s[:len(left)] != left || s[len(left):] != right {
		return nil, 0
	}
	return b.t.Token(id), utf8.RuneCountInString(left) // a rune is a byte
}

func (b *builder) addMerge(left, right, made int32) {
	b.left = append(b.left, left)
	b.right = append(b.right, right)
	b.t.result = append(b.t.result, made)
}

// finish makes the tables that encoding needs.
func (b *builder) finish(eos, bos, pad int32) (*Tokenizer, error) {
	t := b.t
	for _, id := range []int32{eos, bos, pad} {
		if id < -1 || int(id) >= len(t.types) {
			return nil, fmt.Errorf("tokenizer: the end, begin or padding token is %d, want an id below %d, or -1", id, len(t.types))
		}
	}
	t.EOS, t.BOS, t.Pad = eos, bos, pad
	t.pairs = newPairTable(len(b.left))
	for rank := range b.left {
		// Given twice, a pair keeps its first rank, as in the reference's order of preference.
		t.pairs.put(b.left[rank], b.right[rank], int32(rank))
	}
	t.classes = classesOnce()
	if err := t.special.build(); err != nil {
		return nil, err
	}
	left, right := b.left, b.right
	t.later.make = func() *search { return newSearch(t, left, right) }
	return t, nil
}
