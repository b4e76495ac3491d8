package tokenizer

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// qwen1Extras is how many <|extra_N|> tokens follow the first three special tokens of the
// first Qwen. Source: QwenLM/Qwen, tokenization_qwen.py.
const qwen1Extras = 205

// ReadTiktoken reads a file of ranks, such as Qwen's qwen.tiktoken, and returns the
// tokenizer of the first Qwen: lines of a token in base64, a space, and its rank, which
// is its id, in ascending order from 0; the special tokens come after them.
func ReadTiktoken(r io.Reader) (*Tokenizer, error) {
	b := newBuilder(1<<18, 1<<18)
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 1<<16), 2*maxTokenLen)
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		if err := b.addRank(lines.Text()); err != nil {
			return nil, fmt.Errorf("tokenizer: ranks, line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("tokenizer: reading ranks: %w", err)
	}
	ranks := len(b.t.types)
	if err := b.index(); err != nil {
		return nil, err
	}
	if err := b.deriveMerges(); err != nil {
		return nil, err
	}
	for _, s := range qwen1Specials() {
		if err := b.add([]byte(s), TypeControl); err != nil {
			return nil, err
		}
	}
	endOfText := int32(ranks)
	return b.finish(endOfText, -1, endOfText)
}

func qwen1Specials() []string {
	s := []string{"<|endoftext|>", "<|im_start|>", "<|im_end|>"}
	for i := range qwen1Extras {
		s = append(s, "<|extra_"+strconv.Itoa(i)+"|>")
	}
	return s
}

func (b *builder) addRank(line string) error {
	text, number, ok := strings.Cut(line, " ")
	rank, err := strconv.Atoi(strings.TrimRight(number, "\r"))
	if !ok || err != nil {
		return fmt.Errorf("%q, want a token in base64 and its rank", line)
	}
	if rank != len(b.t.types) {
		return fmt.Errorf("rank %d, want %d", rank, len(b.t.types))
	}
	if rank >= maxTokens {
		return fmt.Errorf("rank %d, want less than %d", rank, maxTokens)
	}
	token, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return fmt.Errorf("%q is no base64: %w", text, err)
	}
	return b.add(token, TypeNormal)
}

// deriveMerges finds the merge that makes each token of more than one byte: the last step
// when its text is encoded with the tokens of lower rank alone.
func (b *builder) deriveMerges() error {
	t := b.t
	t.pairs = newPairTable(len(t.types))
	var pair []int32
	for id := range int32(len(t.types)) {
		token := t.Token(id)
		if len(token) == 1 {
			continue
		}
		if pair = t.merge(pair[:0], string(token)); len(pair) != 2 {
			return fmt.Errorf("tokenizer: ranks: token %d, %q, is no pair of tokens of lower rank but %d tokens", id, token, len(pair))
		}
		t.pairs.put(pair[0], pair[1], int32(len(b.left)))
		b.addMerge(pair[0], pair[1], id)
	}
	return nil
}
