package grammar

import (
	"math/rand/v2"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
)

// smallVocabulary has every single byte, pieces of JSON that cross its boundaries, whole
// and broken characters, and random strings.
func smallVocabulary(r *rand.Rand) *Vocabulary {
	var tokens [][]byte
	for c := range 256 {
		tokens = append(tokens, []byte{byte(c)})
	}
	for _, s := range []string{
		"", `{"`, `": `, `": "`, `", "`, `"}`, `"}]`, `}, {`, `, `, `[]`, `[1`, `1]`, `0.`, `e-`, `12`, `true`, `true, "`, `null`, `nul`, `"a`, `a"`, `a": `,
		"a", "ab", "abc", "hello", " world", "日本", "日", "é", "😀", "\xe6\x97", "\xa5", "\x97\xa5x", "\xf0\x9f", "\x98\x80\"", "\\", `\"`, `\n`, `\\`, `\u`, `\u00`, `\ud8`, `3d\ude`, "\n", "\n\n", "```", "`", "``", "``\n", "\n```",
		`thought`, `": "I`, `", "tool": "`, `", "answer": "`, "python", "}\n```", "x\n", "a long plain token of many characters", "日本語日本語日本語日本語日本語日本語日本語日本語日本語",
	} {
		tokens = append(tokens, []byte(s))
	}
	const letters = "ab\"\\:,{}[]0123456789.eE-+ \ntrufalsn\xc3\xa9\xe6\x97\xa5`"
	for range 200 {
		b := make([]byte, 2+r.IntN(5))
		for i := range b {
			b[i] = letters[r.IntN(len(letters))]
		}
		tokens = append(tokens, b)
	}
	return NewVocabulary(tokens)
}

// checkMask compares the mask with what Allows says of every token.
func checkMask(t *testing.T, m *Matcher, mask []uint64) (allowed []int32) {
	t.Helper()
	m.Mask(mask)
	for id := range int32(m.v.Len()) {
		allows := m.Allows(id)
		if bit := mask[id/64]>>(id%64)&1 == 1; bit != allows {
			t.Fatalf("token %d %q: mask says %v, Allows says %v", id, m.v.tokens[id], bit, allows)
		}
		if allows {
			allowed = append(allowed, id)
		}
	}
	return allowed
}

func TestMaskIsAllows(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	v := smallVocabulary(r)
	mask := make([]uint64, v.words())
	var grammars []*Grammar
	for _, test := range schemaTests {
		g, err := Limits{String: 40, Items: 5}.Schema([]byte(test.schema))
		if err != nil {
			t.Fatal(err)
		}
		grammars = append(grammars, g)
	}
	g, err := Turn(TurnSpec{Tools: []llm.Tool{calcTool, pythonTool}, Answer: true, Limits: Limits{Thought: 30, String: 30, Code: 30}})
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		grammars = append(grammars, g)
	}
	for _, g := range grammars {
		m := g.Matcher(v)
		for range 300 {
			allowed := checkMask(t, m, mask)
			if len(allowed) == 0 {
				if !m.Ended() {
					t.Fatal("nothing is allowed, and the text is not at its end")
				}
				break
			}
			if err := m.Accept(allowed[r.IntN(len(allowed))]); err != nil {
				t.Fatal(err)
			}
		}
		if !m.Ended() && len(checkMask(t, m, mask)) == 0 {
			t.Error("a text without an end")
		}
	}
}
