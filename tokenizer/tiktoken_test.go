package tokenizer_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/qwen-agent/qwen-agent/tokenizer"
)

// rankLines returns the lines of a file of ranks: the bytes, then more tokens.
func rankLines(more ...string) string {
	var b strings.Builder
	for i := range 256 + len(more) {
		token := string([]byte{byte(i)})
		if i >= 256 {
			token = more[i-256]
		}
		fmt.Fprintf(&b, "%s %d\n", base64.StdEncoding.EncodeToString([]byte(token)), i)
	}
	return b.String()
}

func TestReadTiktoken(t *testing.T) {
	tok, err := tokenizer.ReadTiktoken(strings.NewReader(rankLines("ab", "cd", "abcd")))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := tok.EncodeSpecial(nil, "abcd<|im_start|>cdx<|extra_204|>"), []int32{258, 260, 257, 'x', 466}; !slices.Equal(got, want) {
		t.Errorf("ids %v, want %v", got, want)
	}
	if tok.Len() != 259+3+205 || !tok.Searches() {
		t.Errorf("%d tokens, search %v", tok.Len(), tok.Searches())
	}
}

func TestReadTiktokenErrors(t *testing.T) {
	all := rankLines()
	for _, c := range []struct{ in, want string }{
		{"", "no token for byte 0x00"},
		{all[:100], "line"},
		{all + "YWI=\n", `line 257: "YWI=", want a token in base64 and its rank`},
		{all + "YWI= x\n", `line 257: "YWI= x", want`},
		{all + "YWI= 300\n", "line 257: rank 300, want 256"},
		{all + "YWI= -1\n", "line 257: rank -1, want 256"},
		{all + "!!! 256\n", `line 257: "!!!" is no base64`},
		{all + " 256\n", "line 257: tokenizer: token 256 is empty"},
		{all + "YQ== 256\n", `tokens 97 and 256 are both "a"`},
		{rankLines("abc"), `token 256, "abc", is no pair of tokens of lower rank but 3 tokens`},
		{all + strings.Repeat("A", 100_000), "token too long"},
	} {
		if _, err := tokenizer.ReadTiktoken(strings.NewReader(c.in)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
	if _, err := tokenizer.ReadTiktoken(iotest.ErrReader(iotest.ErrTimeout)); err == nil || !strings.Contains(err.Error(), "timeout") {
		t.Errorf("error %v, want the reader's", err)
	}
}

// The file of the first Qwen gives the built-in vocabulary, merges included.
func TestQwenTiktoken(t *testing.T) {
	tok, err := tokenizer.ReadTiktoken(bytes.NewReader(dataFile(t, "qwen.tiktoken")))
	if err != nil {
		t.Fatal(err)
	}
	if tok.Len() != 151851 || !tok.Searches() {
		t.Fatalf("%d tokens, search %v, want 151851, true", tok.Len(), tok.Searches())
	}
	for id := range int32(tok.Len()) {
		if got, want := tok.Token(id), qwen1().Token(id); !bytes.Equal(got, want) {
			t.Fatalf("token %d is %q, built in %q", id, got, want)
		}
	}
	for _, g := range readGolden(t) {
		if got := tok.Encode(nil, g.Text); !slices.Equal(got, g.IDs) {
			t.Fatalf("Encode(%.100q) is another one", g.Text)
		}
	}
}
