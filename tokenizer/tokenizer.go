// Package tokenizer turns text into the token ids of a Qwen model and back: a byte-level
// byte-pair encoding with the pre-tokenizer of Qwen2. It is exact: the same ids as the
// reference (Hugging Face tokenizers), byte for byte on invalid UTF-8 too, where the
// reference has no answer. It imports nothing of ours.
//
// Source: Sennrich, Haddow and Birch, Neural Machine Translation of Rare Words with
// Subword Units (2016); the byte alphabet is GPT-2's (Radford et al., 2019).
package tokenizer

import (
	"fmt"
	"strings"
)

// Vocabulary is what a model file says about its tokens, in the form of GGUF.
type Vocabulary struct {
	Tokens []string // by id; text tokens in GPT-2's byte-to-unicode spelling, the others as they are
	Types  []int32  // GGUF token types by id; nil means that all are TypeNormal
	Merges []string // "a b" by rank: a and b become the token ab; the spelling is that of Tokens
	Pre    string   // name of the pre-tokenizer: "qwen2"

	EOS, BOS, Pad int32 // ids, -1 for none; kept for the caller, encoding adds none of them
}

// Token types, numbered as in GGUF.
const (
	TypeNormal      = 1 // text
	TypeUnknown     = 2
	TypeControl     = 3 // never text, such as <|im_end|>
	TypeUserDefined = 4 // text that is one token wherever it stands, such as <tool_call>
	TypeUnused      = 5 // fills the vocabulary up to the rows of the embedding
	TypeByte        = 6
)

// Limits on a vocabulary: far above any that exists, low enough for packed table keys.
const (
	maxTokens   = 1 << 21
	maxTokenLen = 1 << 12 // bytes of one token
)

// preTokenizers are the names that GGUF files give to the pattern in split.go.
var preTokenizers = []string{"qwen2"}

// Tokenizer encodes and decodes. It is safe for concurrent use.
type Tokenizer struct {
	EOS, BOS, Pad int32 // ids as given; -1 for none

	texts   texts
	types   []uint8 // by id
	bytes   [256]int32
	classes *classTable
	pairs   pairTable
	result  []int32 // id that the merge of a rank makes
	later   later   // search
	special specials
}

// texts are the bytes of all tokens, one after the other.
type texts struct {
	bytes  []byte
	offset []uint32 // of each token, and the end of the last
}

// of returns the bytes of a token that exists.
func (x texts) of(id int32) []byte {
	lo, hi := x.offset[id], x.offset[id+1]
	return x.bytes[lo:hi:hi]
}

// New builds the tokenizer of a vocabulary. It fails if the pre-tokenizer is not one of
// ours, if a token or merge is malformed, or if one of the 256 bytes has no token.
func New(v Vocabulary) (*Tokenizer, error) {
	if err := checkPre(v.Pre); err != nil {
		return nil, err
	}
	n := len(v.Tokens)
	switch {
	case n == 0 || n > maxTokens:
		return nil, fmt.Errorf("tokenizer: vocabulary has %d tokens, want 1 to %d", n, maxTokens)
	case v.Types != nil && len(v.Types) != n:
		return nil, fmt.Errorf("tokenizer: vocabulary has %d tokens but %d types", n, len(v.Types))
	case len(v.Merges) > maxTokens:
		return nil, fmt.Errorf("tokenizer: vocabulary has %d merges, want at most %d", len(v.Merges), maxTokens)
	}
	b := newBuilder(n, len(v.Merges))
	for id, token := range v.Tokens {
		typ := int32(TypeNormal)
		if v.Types != nil {
			typ = v.Types[id]
		}
		if err := b.addSpelled(token, typ); err != nil {
			return nil, err
		}
	}
	b.spelled = v.Tokens
	if err := b.index(); err != nil {
		return nil, err
	}
	for rank, merge := range v.Merges {
		if len(merge) > 4*maxTokenLen { // the errors below show it
			return nil, fmt.Errorf("tokenizer: merge %d has %d bytes, want at most %d", rank, len(merge), 4*maxTokenLen)
		}
		left, right, ok := strings.Cut(merge, " ")
		if !ok {
			return nil, fmt.Errorf("tokenizer: merge %d is %q, want two tokens with a space between", rank, merge)
		}
		if err := b.addMergeSpelled(left, right); err != nil {
			return nil, err
		}
	}
	return b.finish(v.EOS, v.BOS, v.Pad)
}

func checkPre(name string) error {
	for _, p := range preTokenizers {
		if p == name {
			return nil
		}
	}
	return fmt.Errorf("tokenizer: pre-tokenizer %q is not supported, want %s", name, strings.Join(preTokenizers, " or "))
}

// Len is the number of token ids, those that only fill the vocabulary up included.
func (t *Tokenizer) Len() int { return len(t.types) }

// Token returns the bytes of a token, which need not be whole runes, or nil if there is
// no such id. The bytes of a special token are its spelling. They must not be changed.
func (t *Tokenizer) Token(id int32) []byte {
	if id < 0 || int(id) >= len(t.types) {
		return nil
	}
	return t.texts.of(id)
}

// Control reports whether a token is never text: a control token such as <|im_end|>, one
// that only fills the vocabulary up, or an id that does not exist. It is false for
// <tool_call> and its like, which a model writes as text.
func (t *Tokenizer) Control(id int32) bool {
	if id < 0 || int(id) >= len(t.types) {
		return true
	}
	switch t.types[id] {
	case TypeNormal, TypeUserDefined, TypeByte:
		return false
	}
	return true
}

// Special returns the id of the special or added token with this spelling.
func (t *Tokenizer) Special(spelling string) (int32, bool) {
	id, ok := t.special.ids[spelling]
	return id, ok
}

// Specials returns the ids of all special and added tokens by their spelling. The map is
// the caller's own.
func (t *Tokenizer) Specials() map[string]int {
	m := make(map[string]int, len(t.special.ids))
	for s, id := range t.special.ids {
		m[s] = int(id)
	}
	return m
}

// Ranks returns the text tokens with their ids, which are their ranks in Qwen's
// vocabularies: the mergeable ranks of tiktoken and tiktoken-go. The map is the
// caller's own.
func (t *Tokenizer) Ranks() map[string]int {
	m := make(map[string]int, len(t.types))
	for id, typ := range t.types {
		if typ == TypeNormal {
			m[string(t.Token(int32(id)))] = id
		}
	}
	return m
}
