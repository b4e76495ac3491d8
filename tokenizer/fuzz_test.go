package tokenizer_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/qwen-agent/qwen-agent/tokenizer"
	"golang.org/x/text/unicode/norm"
)

// FuzzEncode checks on any text what must hold of its ids.
func FuzzEncode(f *testing.F) {
	for i, g := range readGolden(f) {
		if i%40 == 0 && len(g.Text) < 500 {
			f.Add(g.Text)
		}
	}
	for _, s := range []string{"\xff\xfe", "e\u0301\xff\u0301", "\xe4\xb8", "<|im_start|>\u0338", strings.Repeat("a\u0301\u0323", 40)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tok := qwen25()
		normal := tokenizer.Normalize(text)
		ids := tok.Encode(nil, text)
		if got := tok.Decode(ids); got != normal {
			t.Fatalf("%q comes back as %q, want %q", text, got, normal)
		}
		if utf8.ValidString(text) != utf8.ValidString(normal) {
			t.Fatalf("the normal form of %q is %q", text, normal)
		}
		if norm.NFC.IsNormalString(text) && normal != text {
			t.Fatalf("%q is normal, but became %q", text, normal)
		}
		if again := tokenizer.Normalize(normal); again != normal {
			t.Fatalf("the normal form %q has the normal form %q", normal, again)
		}
		for _, id := range ids {
			if id < 0 || id >= 151643 {
				t.Fatalf("%q has the token %d", text, id)
			}
		}
		var defined []int32 // by the definition, piece by piece
		for _, piece := range tokenizer.Split(normal) {
			defined = tok.MergeLong(defined, piece)
		}
		if !slices.Equal(ids, defined) {
			t.Fatalf("%q has ids %v, want %v", text, ids, defined)
		}
		checkStream(t, tok, ids, normal)
		checkStream(t, tok, byteTokens(tok, text), text)

		special := tok.EncodeSpecial(nil, text)
		if !strings.Contains(text, "<") && !slices.Equal(special, ids) {
			t.Fatalf("%q without special tokens has ids %v, with %v", text, ids, special)
		}
		var between []int32 // special tokens as a search of ours finds them
		rest := text
		for rest != "" {
			at, id, size := firstSpecial(tok, rest)
			between = tok.Encode(between, rest[:at])
			if size > 0 {
				between = append(between, id)
			}
			rest = rest[at+size:]
		}
		if !slices.Equal(special, between) {
			t.Fatalf("EncodeSpecial(%q) = %v, want %v", text, special, between)
		}
	})
}

// firstSpecial finds the first and there the longest special token by trying them all.
func firstSpecial(tok *tokenizer.Tokenizer, text string) (at int, id int32, size int) {
	at = len(text)
	for s, n := range tok.Specials() {
		i := strings.Index(text, s)
		if i >= 0 && (i < at || i == at && len(s) > size) {
			at, id, size = i, int32(n), len(s)
		}
	}
	return at, id, size
}

// FuzzPiece compares the search with the definition on any bytes as one piece.
func FuzzPiece(f *testing.F) {
	for _, s := range []string{"a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "internationalization", "\x00\x00\xff", "我们需要一个分词器", "====----", strings.Repeat("ha", 70)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 {
			return
		}
		tok, piece := qwen25(), string(data)
		want := tok.MergeLong(nil, piece)
		if got := tok.Piece(nil, piece); !slices.Equal(got, want) {
			t.Fatalf("piece %q has ids %v, want %v", piece, got, want)
		}
		if got := tok.Merge(nil, piece); !slices.Equal(got, want) {
			t.Fatalf("piece %q merges to %v, want %v", piece, got, want)
		}
	})
}

// FuzzDecoder feeds any ids.
func FuzzDecoder(f *testing.F) {
	f.Add([]byte{0xCA, 0x05, 0x03, 0x75, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		tok := qwen25()
		var ids []int32
		for ; len(data) >= 3; data = data[3:] {
			ids = append(ids, (int32(data[0])|int32(data[1])<<8|int32(data[2])<<16)%int32(tok.Len()+2))
		}
		var want strings.Builder
		for _, id := range ids {
			want.Write(tok.Token(id))
		}
		checkStream(t, tok, ids, want.String())
	})
}

// FuzzReadTiktoken reads any file of ranks; one that is accepted must encode.
func FuzzReadTiktoken(f *testing.F) {
	f.Add([]byte("YWI= 256\nYWJj 257\n"))
	f.Add([]byte("YWI= 256\r\n\r\nIGE= 257"))
	base := []byte(rankLines())
	f.Fuzz(func(t *testing.T, data []byte) {
		tok, err := tokenizer.ReadTiktoken(bytes.NewReader(append(base[:len(base):len(base)], data...)))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "tokenizer: ") {
				t.Fatalf("error %q", err)
			}
			return
		}
		checkVocabulary(t, tok)
	})
}

// FuzzNew makes a vocabulary of any tokens and merges, a line each.
func FuzzNew(f *testing.F) {
	f.Add("ab\nabc", "a b\nab c")
	f.Add("bc\nabc\nab", "b c\na b\na bc\nab c")
	f.Add("aa\naaa\naaaa", "a a\naa a\naa aa")
	f.Add("<tool>\nĠa", "Ġ a")
	f.Fuzz(func(t *testing.T, tokens, merges string) {
		v := tiny()
		v.Tokens, v.Types, v.EOS = v.Tokens[:256], nil, -1
		v.Tokens = append(v.Tokens, strings.Split(tokens, "\n")...)
		v.Merges = strings.Split(merges, "\n")
		tok, err := tokenizer.New(v)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "tokenizer: ") {
				t.Fatalf("error %q", err)
			}
			return
		}
		checkVocabulary(t, tok)
	})
}

// checkVocabulary encodes all tokens of a vocabulary, one after the other in one piece.
func checkVocabulary(t *testing.T, tok *tokenizer.Tokenizer) {
	t.Helper()
	var all []byte
	for id := range int32(tok.Len()) {
		if len(all) < 4096 && !tok.Control(id) {
			all = append(all, tok.Token(id)...)
		}
	}
	piece := string(all)
	ids, want := tok.Piece(nil, piece), tok.MergeLong(nil, piece)
	if !slices.Equal(ids, want) {
		t.Fatalf("piece %q has ids %v, want %v", piece, ids, want)
	}
	if got := tok.Decode(ids); got != piece {
		t.Fatalf("%q came back as %q", piece, got)
	}
}
