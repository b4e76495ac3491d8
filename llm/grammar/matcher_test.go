package grammar

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
)

func TestMatcherRefuses(t *testing.T) {
	g, err := Schema([]byte(`{"const": "ab"}`))
	if err != nil {
		t.Fatal(err)
	}
	m := g.Matcher(NewVocabulary([][]byte{[]byte(`"a`), nil, {}, []byte(`b"`), []byte("x")}))
	for _, id := range []int32{-1, 1, 2, 3, 4, 5, 1 << 30} {
		if m.Allows(id) || m.Accept(id) == nil {
			t.Errorf("token %d is allowed", id)
		}
	}
	if err := m.AcceptBytes([]byte(`"ac`)); err == nil || !strings.Contains(err.Error(), "from its byte 2 on") {
		t.Error(err)
	}
	c := m.Clone()
	for _, id := range []int32{0, 3} {
		if m.Done() || m.Ended() {
			t.Error("the end comes early")
		}
		if err := m.Accept(id); err != nil {
			t.Fatal(err)
		}
	}
	if !m.Done() || !m.Ended() || m.Allows(4) || m.Forced() != nil {
		t.Error("not at the end")
	}
	if !c.Allows(0) || c.Allows(3) {
		t.Error("the clone went on too")
	}
}

func TestMaskPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a mask that is too short was taken")
		}
	}()
	g, err := Schema([]byte(`true`))
	if err != nil {
		t.Fatal(err)
	}
	g.Matcher(bytesOnly).Mask(make([]uint64, 3))
}

// TestMaskReal compares the masks of the vocabulary of Qwen with Allows for each token.
func TestMaskReal(t *testing.T) {
	v := realVocabulary(t)
	r := rand.New(rand.NewPCG(11, 11))
	g, err := Turn(TurnSpec{Answer: true, Tools: []llm.Tool{pythonTool, {Name: "f", Parameters: []byte(`{"properties": {
		"a": {"type": "string", "maxLength": 12}, "b": {"type": "number"}, "c": {"enum": ["one", "only", "other"]}, "d": {}}}`)}}})
	if err != nil {
		t.Fatal(err)
	}
	mask := make([]uint64, v.words()+1)
	mask[v.words()] = ^uint64(0) // to be cleared
	every := 37
	if testing.Short() {
		every = 211
	}
	n := 0
	for _, text := range []string{
		`{"thought": "` + strings.Repeat("日本 the ", 25) + `", "tool": "f", "arguments": {"a": "x\ud83d\ude00\n234", "b": -1.5e-7, "c": "only", "d": {"k": [1, "v", null]}}}`,
		`{"thought": "a", "answer": "` + strings.Repeat("It is 4. ", 10) + `"}`,
		"{\"thought\": \"a\", \"tool\": \"python\"}\n```python\nfor x in range(3):\n\tprint(f\"{x}`\")\n\n```",
	} {
		m := g.Matcher(v)
		for i := range len(text) {
			if n++; n%every == 0 {
				checkMask(t, m, mask)
			} else if r.IntN(4) == 0 {
				m.Mask(mask) // from a cold place, and kept for later
			}
			if err := m.AcceptBytes([]byte{text[i]}); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
		if !m.Done() {
			t.Errorf("%s is not done", text)
		}
	}
	if mask[v.words()] != 0 {
		t.Error("bits behind the vocabulary were left")
	}
}

// TestPropertyTurn lets random logits write turns, and reads them as a parser does.
func TestPropertyTurn(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 12))
	v := smallVocabulary(r)
	mask := make([]uint64, v.words())
	tool := llm.Tool{Name: "f", Parameters: []byte(`{"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}, "required": ["b"]}`)}
	g, err := Turn(TurnSpec{Answer: true, Tools: []llm.Tool{tool, pythonTool}, Limits: Limits{Thought: 20, String: 20, Code: 60}})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for range 600 {
		text, _ := write(t, g.Matcher(v), r, mask)
		object, code, fenced := strings.Cut(text, "\n```python\n")
		var turn struct {
			Thought, Tool string
			Answer        *string
			Arguments     json.RawMessage
		}
		d := json.NewDecoder(strings.NewReader(object))
		d.DisallowUnknownFields()
		if err := d.Decode(&turn); err != nil || d.More() {
			t.Fatalf("%s: %v", text, err)
		}
		if n := len([]rune(turn.Thought)); n < 1 || n > 20 {
			t.Errorf("%s: the thought has %d characters", text, n)
		}
		switch {
		case turn.Answer != nil:
			kinds["answer"]++
			if *turn.Answer == "" || turn.Tool != "" || fenced {
				t.Error(text)
			}
		case turn.Tool == "f":
			kinds["call"]++
			if err := judge(t, tool.Parameters, string(turn.Arguments)); err != nil || fenced {
				t.Errorf("%s: %v", text, err)
			}
		case turn.Tool == "python":
			kinds["code"]++
			body, ok := strings.CutSuffix("\n"+code, "\n```")
			if !ok || !fenced || strings.Contains(body, "\n```") || turn.Arguments != nil || len([]rune(body)) > 2*60+4 {
				t.Errorf("%q", text)
			}
		default:
			t.Error(text)
		}
	}
	if len(kinds) != 3 {
		t.Errorf("only %v", kinds)
	}
}

// TestShared lets several goroutines write under one grammar.
func TestShared(t *testing.T) {
	g, err := Schema([]byte(`{"type": "object", "properties": {"a": {"type": "string", "maxLength": 9}, "b": {"type": "array", "items": {"type": "number"}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	v := smallVocabulary(rand.New(rand.NewPCG(13, 13)))
	var wg sync.WaitGroup
	for seed := range uint64(4) {
		wg.Go(func() {
			r, mask := rand.New(rand.NewPCG(seed, 14)), make([]uint64, v.words())
			for range 50 {
				m := g.Matcher(v)
				for n := 0; n < 100 && !m.Ended(); n++ {
					m.Mask(mask)
					m.Forced()
					for id := int32(r.IntN(v.Len())); ; id = (id + 1) % int32(v.Len()) {
						if mask[id/64]>>(id%64)&1 == 1 {
							if err := m.Accept(id); err != nil {
								t.Error(err)
							}
							break
						}
					}
				}
			}
		})
	}
	wg.Wait()
}

// TestAllocations follows a text for the second time, when everything is known.
func TestAllocations(t *testing.T) {
	g, err := Schema([]byte(`{"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}`))
	if err != nil {
		t.Fatal(err)
	}
	v := smallVocabulary(rand.New(rand.NewPCG(15, 15)))
	mask := make([]uint64, v.words())
	start := *g.Matcher(v)
	m := start
	once := func() {
		m = start
		for _, c := range []byte(`{"a": "hello w\u00f6rld"}`) {
			m.Mask(mask)
			if !m.Allows(int32(c)) || m.Accept(int32(c)) != nil {
				t.Fatal("refused")
			}
		}
	}
	if n := testing.AllocsPerRun(10, once); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
