package tokenizer

import "unicode/utf8"

// Decode returns the text of ids: their bytes one after the other, special tokens as they
// are spelled. Ids that do not exist have no text. The result need not be valid UTF-8.
func (t *Tokenizer) Decode(ids []int32) string {
	n := 0
	for _, id := range ids {
		n += len(t.Token(id))
	}
	b := make([]byte, 0, n)
	for _, id := range ids {
		b = append(b, t.Token(id)...)
	}
	return string(b)
}

// Decoder decodes token by token and never gives out half a rune. Bytes that cannot
// become a rune any more are given out as they are, so that all its strings together are
// what Decode returns.
type Decoder struct {
	t    *Tokenizer
	held []byte // the start of a rune, at most 3 bytes between calls
}

// NewDecoder returns a Decoder for one sequence. It is not safe for concurrent use.
func (t *Tokenizer) NewDecoder() *Decoder { return &Decoder{t: t} }

// Write takes the next token and returns the text that is complete with it, which may be "".
func (d *Decoder) Write(id int32) string {
	d.held = append(d.held, d.t.Token(id)...)
	n := len(d.held) - unfinished(d.held)
	s := string(d.held[:n])
	d.held = d.held[:copy(d.held, d.held[n:])]
	return s
}

// Flush returns what is held back at the end of the sequence: the start of a rune that
// never became whole, or "". The decoder can then be used for another sequence.
func (d *Decoder) Flush() string {
	s := string(d.held)
	d.held = d.held[:0]
	return s
}

// unfinished returns how many bytes at the end of b may be the start of a longer rune.
func unfinished(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		tail := b[len(b)-n:]
		if utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}
