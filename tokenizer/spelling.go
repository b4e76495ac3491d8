package tokenizer

import "unicode/utf8"

// GPT-2 spells a token as printable text: each byte is one rune. The printable bytes of
// Latin-1 stand for themselves, the other 68 are U+0100 and up, in the order of the bytes.
// Source: bytes_to_unicode in openai/gpt-2, src/encoder.py.
var runeOfByte, byteOfRune = spellings()

func spellings() (runes [256]rune, bytes [0x144]int16) {
	for i := range bytes {
		bytes[i] = -1
	}
	next := rune(0x100)
	for b := range 256 {
		r := rune(b)
		if !('!' <= b && b <= '~' || 0xA1 <= b && b <= 0xAC || 0xAE <= b) {
			r = next
			next++
		}
		runes[b], bytes[r] = r, int16(b)
	}
	return runes, bytes
}

// appendSpelled appends the bytes that s spells, or reports that s is no such spelling.
func appendSpelled(dst []byte, s string) ([]byte, bool) {
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		if int(r) >= len(byteOfRune) || byteOfRune[r] < 0 {
			return dst, false
		}
		dst = append(dst, byte(byteOfRune[r]))
		i += n
	}
	return dst, true
}

// Spelling returns the token text in GPT-2's byte-to-unicode spelling, in which
// Vocabulary has it.
func Spelling(text []byte) string {
	s := make([]byte, 0, 2*len(text))
	for _, b := range text {
		s = utf8.AppendRune(s, runeOfByte[b])
	}
	return string(s)
}
