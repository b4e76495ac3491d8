package engine

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
	"github.com/qwen-agent/qwen-agent/llm/grammar"
	"github.com/qwen-agent/qwen-agent/tokenizer"
	"github.com/qwen-agent/qwen-agent/tokenizer/vocab"
)

// TestForcedBFCL writes the right calls of BFCL's simple_python as a model would that always
// chooses the next token of the call's text, and counts the tokens that it has to choose.
func TestForcedBFCL(t *testing.T) {
	tok, err := tokenizer.New(vocab.Qwen25())
	if err != nil {
		t.Fatal(err)
	}
	tokens := make([][]byte, tok.Len())
	for id := range tokens {
		if !tok.Control(int32(id)) {
			tokens[id] = tok.Token(int32(id))
		}
	}
	vocabulary := grammar.NewVocabulary(tokens)
	e := &Engine{tokenizer: tok}
	f, err := chat.Get("turn")
	if err != nil {
		t.Fatal(err)
	}
	all, chosen, calls, skipped := 0, 0, 0, 0
	for _, it := range bfclCalls(t) {
		calls++
		if testing.Short() && calls%8 != 0 {
			continue
		}
		g, err := grammar.Turn(grammar.TurnSpec{Tools: []llm.Tool{it.tool}})
		if err != nil {
			if strings.Contains(err.Error(), `unsupported keyword "optional"`) { // BFCL's own
				skipped++
				continue
			}
			t.Fatalf("%s: %v", it.tool.Parameters, err)
		}
		text := `{"thought": "I need to call the tool.", "tool": "` + it.tool.Name + `", "arguments": ` + it.arguments + "}"
		if m := g.Matcher(vocabulary); m.AcceptBytes([]byte(text)) != nil || !m.Ended() {
			skipped++ // a value of the answer key that is not of the type, such as 5.0 for an integer
			continue
		}
		a := &answer{e: e, matcher: g.Matcher(vocabulary), decoder: tok.NewDecoder(), limit: 1 << 20,
			parser: f.Parser(&llm.Request{Tools: []llm.Tool{it.tool}}), yield: func(llm.Chunk) bool { return true }}
		for {
			if done, err := a.force(); done || err != nil {
				t.Fatal(done, err)
			}
			if a.matcher.Ended() {
				break
			}
			next := tok.Encode(nil, text[len(tok.Decode(a.tokens)):])[0]
			if done, err := a.accept(next); done || err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			chosen++
		}
		if got := tok.Decode(a.tokens); got != text || a.raw.String() != text {
			t.Fatalf("wrote %q and passed on %q, want %q", got, a.raw.String(), text)
		}
		all += len(tok.Encode(nil, text))
	}
	saved := 1 - float64(chosen)/float64(all)
	t.Logf("%d calls, %d skipped: %d tokens, %d of them chosen, %.1f %% of the steps saved", calls, skipped, all, chosen, 100*saved)
	if saved < 0.3 || skipped*10 > calls {
		t.Errorf("%.1f %% of the steps are saved, want 30; %d of %d calls were skipped", 100*saved, skipped, calls)
	}
}

type bfclCall struct {
	tool      llm.Tool
	arguments string
}

// bfclCalls reads the functions of simple_python with the first right values of each.
func bfclCalls(t *testing.T) (out []bfclCall) {
	dir := os.Getenv("QWEN_AGENT_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	lines := func(name string, read func([]byte) error) {
		file, err := os.Open(filepath.Join(dir, "bfcl", name))
		if err != nil {
			t.Skipf("shared data: %v (QWEN_AGENT_DATA names the folder)", err)
		}
		defer file.Close()
		s := bufio.NewScanner(file)
		s.Buffer(nil, 1<<20)
		for s.Scan() {
			if err := read(s.Bytes()); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	types := strings.NewReplacer(`"type": "dict"`, `"type": "object"`, `"type": "float"`, `"type": "number"`, `"type": "tuple"`, `"type": "array"`, `"type": "any"`, `"title": ""`)
	lines("simple_python.jsonl", func(line []byte) error {
		var item struct {
			Function []struct {
				Name       string
				Parameters json.RawMessage
			}
		}
		err := json.Unmarshal([]byte(types.Replace(string(line))), &item)
		if err == nil {
			out = append(out, bfclCall{tool: llm.Tool{Name: strings.ReplaceAll(item.Function[0].Name, ".", "_"), Parameters: item.Function[0].Parameters}})
		}
		return err
	})
	n := 0
	lines("simple_python.answers.jsonl", func(line []byte) error {
		var key struct {
			Truth []map[string]map[string][]json.RawMessage `json:"ground_truth"`
		}
		if err := json.Unmarshal(line, &key); err != nil {
			return err
		}
		for _, values := range key.Truth[0] {
			out[n].arguments = inOrder(t, out[n].tool.Parameters, values)
		}
		n++
		return nil
	})
	return out
}

// inOrder writes arguments in the order of the schema, without those that may be left out.
func inOrder(t *testing.T, parameters []byte, values map[string][]json.RawMessage) string {
	var schema struct{ Properties json.RawMessage }
	if err := json.Unmarshal(parameters, &schema); err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(schema.Properties)))
	var parts []string
	for depth := 0; ; {
		tok, err := d.Token()
		if err != nil {
			break
		}
		if c, ok := tok.(json.Delim); ok {
			if depth++; c == '}' || c == ']' {
				depth -= 2
			}
			continue
		}
		name, ok := tok.(string)
		if depth != 1 || !ok {
			continue
		}
		var skip json.RawMessage
		if err := d.Decode(&skip); err != nil {
			t.Fatal(err)
		}
		if v := values[name]; len(v) > 0 && string(v[0]) != `""` {
			quoted, _ := json.Marshal(name)
			parts = append(parts, string(quoted)+": "+string(v[0]))
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
