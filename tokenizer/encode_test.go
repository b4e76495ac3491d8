package tokenizer_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/qwen-agent/qwen-agent/tokenizer"
	"github.com/qwen-agent/qwen-agent/tokenizer/vocab"
)

// qwen25 is the tokenizer that the tests share; it is made once.
var qwen25 = sync.OnceValue(func() *tokenizer.Tokenizer { return mustNew(vocab.Qwen25()) })

func mustNew(v tokenizer.Vocabulary) *tokenizer.Tokenizer {
	t, err := tokenizer.New(v)
	if err != nil {
		panic(err)
	}
	return t
}

// Test vectors of QwenLM/Qwen, tokenization_note.md.
func TestEncodeNote(t *testing.T) {
	const text = `print("<|endoftext|>")`
	safe := []int32{1350, 9639, 91, 8691, 723, 427, 91, 82598}
	if got := qwen25().Encode(nil, text); !slices.Equal(got, safe) {
		t.Errorf("Encode(%q) = %v, want %v", text, got, safe)
	}
	unsafe := []int32{1350, 445, 151643, 899}
	if got := qwen25().EncodeSpecial(nil, text); !slices.Equal(got, unsafe) {
		t.Errorf("EncodeSpecial(%q) = %v, want %v", text, got, unsafe)
	}
}
