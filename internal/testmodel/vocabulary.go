package testmodel

import (
	"fmt"
	"slices"
	"strings"
)

// Token types, numbered as in GGUF.
const (
	typeNormal      = 1
	typeControl     = 3
	typeUserDefined = 4
	typeUnused      = 5
)

// merges of the small vocabulary, each of two tokens that are there before it.
var pairs = [][2]string{
	{"t", "h"}, {"th", "e"}, {" ", "the"}, {"i", "n"}, {"e", "r"}, {"a", "n"}, {"an", "d"}, {" ", "a"}, {" ", "and"},
	{"o", "n"}, {"r", "e"}, {"in", "g"}, {" ", "t"}, {"o", "r"}, {" ", "w"}, {"o", "u"}, {"th", "ou"}, {"g", "h"}, {"thou", "gh"},
	{"though", "t"}, {"{", "\""}, {"\"", ":"}, {"\"", ","}, {" ", "\""}, {"\"", "}"}, {"t", "o"}, {"to", "o"}, {"too", "l"},
	{" ", " "}, {"  ", "  "}, {"\n", "\n"}, {"s", "t"}, {"l", "e"}, {"n", "e"}, {"a", "r"}, {"an", "s"}, {"ans", "w"}, {"answ", "er"},
}

// Vocabulary returns tokens, their types and the merges of a small vocabulary in GGUF's
// form: the bytes, some words and pieces of JSON, the special tokens of ChatML, and a few
// tokens that only fill it up.
func Vocabulary() (tokens []string, types []int32, merges []string) {
	add := func(typ int32, token string) {
		tokens, types = append(tokens, token), append(types, typ)
	}
	for b := range 256 {
		add(typeNormal, spell(string([]byte{byte(b)})))
	}
	for _, p := range pairs {
		a, b := spell(p[0]), spell(p[1])
		if !slices.Contains(tokens, a) || !slices.Contains(tokens, b) {
			panic(fmt.Sprintf("testmodel: the merge of %q and %q comes before its parts", p[0], p[1]))
		}
		merges = append(merges, a+" "+b)
		add(typeNormal, a+b)
	}
	for _, token := range []string{"<|endoftext|>", "<|im_start|>", "<|im_end|>"} {
		add(typeControl, token)
	}
	for _, token := range []string{"<tool_call>", "</tool_call>"} {
		add(typeUserDefined, token)
	}
	for len(tokens)%64 != 0 {
		add(typeUnused, fmt.Sprintf("[PAD%d]", len(tokens)))
	}
	return tokens, types, merges
}

// spell writes bytes as GPT-2's byte-level vocabulary does: printable ones of Latin-1 as
// they are, the others, in their order, as the characters from U+0100 on.
func spell(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteRune(alphabet[c])
	}
	return b.String()
}

var alphabet = func() (a [256]rune) {
	next := rune(0x100)
	for c := range a {
		if c >= '!' && c <= '~' || c >= 0xa1 && c <= 0xac || c >= 0xae {
			a[c] = rune(c)
		} else {
			a[c], next = next, next+1
		}
	}
	return a
}()
