package tokenizer_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/qwen-agent/qwen-agent/tokenizer"
	"github.com/qwen-agent/qwen-agent/tokenizer/vocab"
)

// qwen25 and qwen1 are the tokenizers that the tests share; each is made once.
var (
	qwen25 = sync.OnceValue(func() *tokenizer.Tokenizer { return searching(vocab.Qwen25()) })
	qwen1  = sync.OnceValue(func() *tokenizer.Tokenizer { return searching(vocab.Qwen1()) })
)

// searching makes the search at once, for which most tests have too little text.
func searching(v tokenizer.Vocabulary) *tokenizer.Tokenizer {
	tok := mustNew(v)
	tok.Searches()
	return tok
}

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
	if got := qwen25().Encode([]int32{7}, "Pandas"); !slices.Equal(got, []int32{7, 47, 55433}) {
		t.Errorf(`Encode appended to 7 = %v, want 7 "P" "andas"`, got)
	}
}

// The vocabularies of all generations take the fast way.
func TestSearches(t *testing.T) {
	for name, v := range map[string]tokenizer.Vocabulary{"qwen1": vocab.Qwen1(), "qwen2.5": vocab.Qwen25(), "qwen3": vocab.Qwen3()} {
		if !mustNew(v).Searches() {
			t.Errorf("%s: the vocabulary is not in the order that search needs", name)
		}
	}
}

// Several encode at once, across the point where the search is begun and made.
func TestSearchIsMade(t *testing.T) {
	tok, r := mustNew(vocab.Qwen25()), rand.New(rand.NewPCG(3, 4))
	var text strings.Builder
	for text.Len() < tokenizer.Worthwhile/4 {
		text.WriteString(randomPiece(tok, r))
	}
	want := qwen25().Encode(nil, text.String())
	if tok.Searching() {
		t.Error("the search is made before there was any text")
	}
	var g errgroup.Group
	for range 4 {
		g.Go(func() error {
			for range 4 {
				if got := tok.Encode(nil, text.String()); !slices.Equal(got, want) {
					return errors.New("other ids than with the search")
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
	for deadline := time.Now().Add(time.Minute); !tok.Searching(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the search is not made")
		}
	}
}

// The merges by definition, with an array and with a heap, and the search agree on pieces
// of any bytes, also where the pre-tokenizer would never cut so.
func TestPieceIsMerge(t *testing.T) {
	tok, r := qwen25(), rand.New(rand.NewPCG(1, 2))
	n := 20_000
	if testing.Short() {
		n = 4_000
	}
	for range n {
		piece := randomPiece(tok, r)
		want := tok.Merge(nil, piece)
		if got := tok.MergeLong(nil, piece); !slices.Equal(got, want) {
			t.Fatalf("MergeLong(%q) = %v, Merge %v", piece, got, want)
		}
		if got := tok.Piece(nil, piece); !slices.Equal(got, want) {
			t.Fatalf("Piece(%q) = %v, Merge %v", piece, got, want)
		}
	}
}

// randomPiece returns 1 to MergeArray bytes: random ones, few different ones, or tokens
// and parts of tokens one after the other.
func randomPiece(tok *tokenizer.Tokenizer, r *rand.Rand) string {
	var b []byte
	n := 1 + r.IntN(tokenizer.MergeArray)
	switch r.IntN(4) {
	case 0:
		for range n {
			b = append(b, byte(r.IntN(256)))
		}
	case 1:
		alphabet := "etaoin \n=-.a"
		for range n {
			b = append(b, alphabet[r.IntN(len(alphabet))])
		}
	default:
		for len(b) < n {
			token := tok.Token(int32(r.IntN(151643)))
			if r.IntN(2) == 0 {
				token = token[:1+r.IntN(len(token))]
			}
			b = append(b, token...)
		}
	}
	return string(b[:n])
}

// A vocabulary in another order is encoded by merging; the tokens are the same.
func TestOtherOrder(t *testing.T) {
	v := vocab.Qwen25()
	n := len(v.Tokens)
	moved := slices.Concat(v.Tokens[n-22:], v.Tokens[:n-22]) // special tokens first
	types := slices.Concat(v.Types[n-22:], v.Types[:n-22])
	tok := mustNew(tokenizer.Vocabulary{Tokens: moved, Types: types, Merges: v.Merges, Pre: v.Pre, EOS: 2, BOS: -1, Pad: 0})
	if tok.Searches() {
		t.Fatal("the search is used though ids are not in the order of the merges")
	}
	for _, g := range readGolden(t) {
		got := tok.EncodeSpecial(nil, g.Text)
		for i := range got {
			got[i] -= 22
			if got[i] < 0 {
				got[i] += int32(n)
			}
		}
		if !slices.Equal(got, g.Special) {
			t.Fatalf("EncodeSpecial(%.100q) is another one", g.Text)
		}
	}
}

// Text from outside never becomes a special token, whatever it spells.
func TestInjection(t *testing.T) {
	for _, tok := range []*tokenizer.Tokenizer{qwen25(), qwen1()} {
		first := int32(151643)
		for spelling := range tok.Specials() {
			for _, text := range []string{
				spelling, " " + spelling, spelling + spelling, "a" + spelling + "b", "\n" + spelling + "\n", "<" + spelling + ">",
				strings.ToUpper(spelling), strings.ReplaceAll(spelling, "|", "｜"), spelling[:3] + "\u200b" + spelling[3:],
				spelling + "\u0338", "\xff" + spelling, strings.Repeat(spelling, 50),
			} {
				for _, id := range tok.Encode(nil, text) {
					if id >= first {
						t.Errorf("Encode(%q) has the special token %d", text, id)
					}
				}
			}
			id, ok := tok.Special(spelling)
			if got := tok.EncodeSpecial(nil, spelling); !ok || len(got) != 1 || got[0] != id {
				t.Errorf("EncodeSpecial(%q) = %v, want %d", spelling, got, id)
			}
		}
	}
}

// Bytes that are not UTF-8 stay as they are, between text that is normalised.
func TestInvalidUTF8(t *testing.T) {
	for in, want := range map[string]string{
		"\xff":                   "\xff",
		"\xe4\xb8":               "\xe4\xb8",
		"a\x80b\xc3":             "a\x80b\xc3",
		"e\u0301\xff\u0301":      "é\xff\u0301",
		"\xed\xa0\x80":           "\xed\xa0\x80", // a surrogate half
		"\xf4\x90\x80\x80":       "\xf4\x90\x80\x80",
		"\xc0\x80 \xe0\x80\x80!": "\xc0\x80 \xe0\x80\x80!", // overlong
	} {
		if got := qwen25().Decode(qwen25().Encode(nil, in)); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// A megabyte without a seam takes time in proportion: quadratic steps would take an hour.
func TestLongRuns(t *testing.T) {
	n := 1 << 20
	if testing.Short() {
		n = 1 << 18 // quadratic steps are minutes still
	}
	letters := make([]byte, n)
	r := rand.New(rand.NewPCG(3, 4))
	for i := range letters {
		letters[i] = "etaoinshrdlu"[r.IntN(12)]
	}
	runs := map[string]string{"letters": string(letters), "specials": strings.Repeat("<|im_start|", n/11) + strings.Repeat("<|im_end|>", n/10)}
	for _, s := range []string{"a", " ", "0", "\n", "ab", "哈", "é", "\u0301", "e\u0301\u0323", "\u1161", "=", "\xff", "<", "<|", " \n", "🙂", "\u3000"} {
		runs[s] = strings.Repeat(s, n/len(s))
	}
	for name, text := range runs {
		begin := time.Now()
		ids := qwen25().EncodeSpecial(nil, text)
		took := time.Since(begin)
		if got := qwen25().Decode(ids); got != tokenizer.Normalize(text) {
			t.Errorf("%q: the text is another one after encoding and decoding", name)
		}
		if took > 10*time.Second {
			t.Errorf("%q: %d bytes took %v", name, len(text), took)
		}
		t.Logf("%q: %v", name, took)
	}
	begin := time.Now()
	long := qwen25().MergeLong(nil, runs["letters"])
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("MergeLong: %v", took)
	}
	if !slices.Equal(long, qwen25().Encode(nil, runs["letters"])) {
		t.Error("the search and the heap disagree on a megabyte of letters")
	}
}

// Tokenizers are used by many goroutines at once; run with -race.
func TestConcurrent(t *testing.T) {
	tok := mustNew(vocab.Qwen25()) // a new one, whose memory is still empty
	all := readGolden(t)
	var wg sync.WaitGroup
	for start := range 4 {
		wg.Go(func() {
			var ids []int32
			for i := range all {
				g := all[(i+start*len(all)/4)%len(all)]
				if ids = tok.EncodeSpecial(ids[:0], g.Text); !slices.Equal(ids, g.Special) {
					t.Errorf("EncodeSpecial(%.100q) is another one beside others", g.Text)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestNoAllocations(t *testing.T) {
	text := strings.Repeat("The quick brown fox, 狐狸 jumps; naïve tokenization of encyclopædias\n", 20)
	ids := qwen25().Encode(nil, text)
	if n := testing.AllocsPerRun(10, func() { ids = qwen25().Encode(ids[:0], text) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

// TestLongNames: the error about a hostile vocabulary stays short.
func TestLongNames(t *testing.T) {
	long := strings.Repeat("\u2603", 1<<20) // in no spelling
	for _, v := range []tokenizer.Vocabulary{
		{Tokens: []string{long}, Pre: "qwen2"},
		{Tokens: []string{"a"}, Merges: []string{long}, Pre: "qwen2"},
	} {
		if _, err := tokenizer.New(v); err == nil {
			t.Error("let through")
		} else if len(err.Error()) > 1000 {
			t.Errorf("an error of %d bytes", len(err.Error()))
		}
	}
}
