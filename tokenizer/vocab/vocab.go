// Package vocab has the vocabularies of the Qwen models built in, for those who want
// their token ids without a model file: to count tokens, to test, or to give tiktoken-go
// the ranks of Qwen. It is a package of its own because the merges take half a megabyte.
package vocab

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/qwen-agent/qwen-agent/tokenizer"
)

// merges is made by make_merges.py from qwen.tiktoken of QwenLM, under the Apache License
// 2.0; the script has the format.
//
//go:embed qwen.merges.gz
var merges []byte

// Special and added tokens by generation. Each follows the 151,643 tokens of text.
// Sources: tokenization_qwen.py of QwenLM/Qwen; tokenizer.json of Qwen2.5 and Qwen3.
var (
	qwen1  = []string{"<|endoftext|>", "<|im_start|>", "<|im_end|>"} // and <|extra_0|> to <|extra_204|>
	qwen25 = append(slices.Clip(qwen1),
		"<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>", "<|box_end|>",
		"<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>",
		"<|vision_pad|>", "<|image_pad|>", "<|video_pad|>", "<tool_call>", "</tool_call>",
		"<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>")
	qwen3 = append(slices.Clip(qwen25), "<tool_response>", "</tool_response>", "<think>", "</think>")
)

// Qwen1 is the vocabulary of the first Qwen: 151,851 tokens.
func Qwen1() tokenizer.Vocabulary {
	s := slices.Clip(qwen1)
	for i := range 205 {
		s = append(s, "<|extra_"+strconv.Itoa(i)+"|>")
	}
	return with(s, "<|endoftext|>")
}

// Qwen25 is the vocabulary of Qwen2.5 and Qwen2.5-Coder: 151,665 tokens. Qwen2 has the
// first 151,646 of them.
func Qwen25() tokenizer.Vocabulary { return with(qwen25, "<|im_end|>") }

// Qwen3 is the vocabulary of Qwen3: 151,669 tokens.
func Qwen3() tokenizer.Vocabulary { return with(qwen3, "<|im_end|>") }

// with puts special tokens behind the tokens of text.
func with(special []string, end string) tokenizer.Vocabulary {
	left, right := pairs()
	n := 256 + len(left)
	v := tokenizer.Vocabulary{
		Tokens: make([]string, 0, n+len(special)),
		Types:  make([]int32, n, n+len(special)),
		Merges: make([]string, len(left)),
		Pre:    "qwen2",
		EOS:    int32(n + slices.Index(special, end)),
		BOS:    -1,
		Pad:    int32(n),
	}
	for b := range 256 {
		v.Tokens = append(v.Tokens, tokenizer.Spelling([]byte{byte(b)}))
	}
	slices.Sort(v.Tokens) // the bytes are in the order of their spelling
	for i := range left {
		l, r := v.Tokens[left[i]], v.Tokens[right[i]]
		merge := l + " " + r
		v.Merges[i] = merge
		v.Tokens = append(v.Tokens, l+r)
	}
	for i := range v.Types {
		v.Types[i] = tokenizer.TypeNormal
	}
	for _, s := range special {
		typ := int32(tokenizer.TypeControl)
		if !strings.HasPrefix(s, "<|") {
			typ = tokenizer.TypeUserDefined // as in the GGUF files
		}
		v.Tokens, v.Types = append(v.Tokens, s), append(v.Types, typ)
	}
	return v
}

// pairs unpacks the ids that each merge joins.
func pairs() (left, right []int32) {
	z, err := gzip.NewReader(bytes.NewReader(merges))
	if err != nil {
		panic(fmt.Sprintf("vocab: the built-in merges: %v", err))
	}
	planes, err := io.ReadAll(z)
	if err != nil {
		panic(fmt.Sprintf("vocab: the built-in merges: %v", err))
	}
	n := len(planes) / 6
	left, right = make([]int32, n), make([]int32, n)
	for i := range n {
		left[i] = int32(planes[i]) | int32(planes[n+i])<<8 | int32(planes[2*n+i])<<16
		right[i] = int32(planes[3*n+i]) | int32(planes[4*n+i])<<8 | int32(planes[5*n+i])<<16
	}
	return left, right
}
