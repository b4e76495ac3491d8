package vocab

import (
	"testing"

	"github.com/qwen-agent/qwen-agent/tokenizer"
)

func TestVocabularies(t *testing.T) {
	for _, c := range []struct {
		name string
		v    tokenizer.Vocabulary
		n    int
		ids  map[string]int32
		end  string
	}{
		{"qwen1", Qwen1(), 151851, map[string]int32{"<|endoftext|>": 151643, "<|im_start|>": 151644, "<|extra_0|>": 151646, "<|extra_204|>": 151850}, "<|endoftext|>"},
		{"qwen2.5", Qwen25(), 151665, map[string]int32{"<|endoftext|>": 151643, "<tool_call>": 151657, "<|fim_pad|>": 151662, "<|file_sep|>": 151664}, "<|im_end|>"},
		{"qwen3", Qwen3(), 151669, map[string]int32{"<tool_response>": 151665, "</think>": 151668}, "<|im_end|>"},
	} {
		if len(c.v.Tokens) != c.n || len(c.v.Types) != c.n || len(c.v.Merges) != 151387 {
			t.Errorf("%s: %d tokens, %d types, %d merges, want %d tokens", c.name, len(c.v.Tokens), len(c.v.Types), len(c.v.Merges), c.n)
			continue
		}
		tok, err := tokenizer.New(c.v)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		for s, want := range c.ids {
			if id, ok := tok.Special(s); !ok || id != want {
				t.Errorf("%s: Special(%q) = %d, %v, want %d", c.name, s, id, ok, want)
			}
		}
		if string(tok.Token(tok.EOS)) != c.end || string(tok.Token(tok.Pad)) != "<|endoftext|>" {
			t.Errorf("%s: end %q, padding %q", c.name, tok.Token(tok.EOS), tok.Token(tok.Pad))
		}
		if string(tok.Token(0)) != "!" || string(tok.Token(255)) != "\xad" || string(tok.Token(256)) != "  " {
			t.Errorf("%s: tokens 0, 255, 256 are %q %q %q", c.name, tok.Token(0), tok.Token(255), tok.Token(256))
		}
	}
}

// Two vocabularies share nothing that a caller could change.
func TestOwn(t *testing.T) {
	a := Qwen25()
	a.Tokens[0], a.Types[0], a.Tokens[151643] = "x", 7, "y"
	if b := Qwen25(); b.Tokens[0] != "!" || b.Types[0] != tokenizer.TypeNormal || b.Tokens[151643] != "<|endoftext|>" {
		t.Error("changing one vocabulary changed the next")
	}
}
