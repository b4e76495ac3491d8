package chat_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
	"github.com/qwen-agent/qwen-agent/tokenizer"
	"github.com/qwen-agent/qwen-agent/tokenizer/vocab"
)

// words are what random texts are made of: letters, quotes, line breaks, and what the formats
// themselves write.
var words = []string{
	"a", "b", "Zürich", "東京", "🗼", "п", " ", " ", "\n", "\t", "\"", "'", "\\", "/", "{", "}", "[", "]", ",", ":", "<", ">", "&", "`", "```", "```json\n", "0", "-1.5", "null", "True", "%",
	"<tool_call>", "</tool_call>", "<tools>", "<tool_response>", "</tool_response>", "<think>", "</think>", "<function=calc>", "</function>", "<parameter=x>", "</parameter>",
	"<|im_start|>", "<|im_end|>", "<|endoftext|>", "✿", "✿FUNCTION✿: ", "✿ARGS✿: ", "\nAction: ", "\nAction Input: ", "Observation:", "Final Answer:", "{\"name\": \"", "\u00a0", "\x07",
}

// ends is what ends a value of the XML formats, so that no value of theirs can have it.
var ends = regexp.MustCompile(`</parameter>\s*(<parameter=|</function>|</tool_call>)`)

type random struct{ *rand.Rand }

func (r random) text() string {
	for {
		var b strings.Builder
		for range r.IntN(9) {
			b.WriteString(words[r.IntN(len(words))])
		}
		if s := b.String(); !ends.MatchString(s) {
			return s
		}
	}
}

func (r random) name() string {
	letters := []rune("abcxyzABC019_-.éж日")
	b := []rune{'f'}
	for range 1 + r.IntN(12) {
		b = append(b, letters[r.IntN(len(letters))])
	}
	return string(b)
}

// value returns a random value and the schema of its type.
func (r random) value(depth int) (value any, schema string) {
	switch n := r.IntN(8); {
	case n == 0:
		return r.IntN(2000) - 1000, `{"type": "integer"}`
	case n == 1:
		return float64(r.IntN(1000)) / 64, `{"type": "number", "minimum": -1}`
	case n == 2:
		return r.IntN(2) == 0, `{"type": "boolean"}`
	case n == 3:
		return nil, `{"type": ["integer", "null"]}`
	case n == 4 && depth < 2:
		list := []any{}
		for range r.IntN(3) {
			v, _ := r.value(depth + 1)
			list = append(list, v)
		}
		return list, `{"type": "array"}`
	case n == 5 && depth < 2:
		object := map[string]any{}
		for range r.IntN(3) {
			object[r.text()], _ = r.value(depth + 1)
		}
		return object, `{"type": "object", "additionalProperties": true}`
	case n == 6:
		return "red", `{"enum": ["red", "blue"]}`
	}
	return r.text(), `{"type": "string", "description": "x"}`
}

// tool returns a random tool and a call of it.
func (r random) tool(name string) (llm.Tool, llm.Call) {
	var properties, arguments []string
	for range r.IntN(4) {
		key := quoted(r.name() + fmt.Sprint(len(properties)))
		value, schema := r.value(0)
		properties = append(properties, key+": "+schema)
		arguments = append(arguments, key+": "+quoted(value))
	}
	return llm.Tool{Name: name, Description: r.text(), Parameters: json.RawMessage(`{"type": "object", "properties": {` + strings.Join(properties, ", ") + `}}`)},
		llm.Call{Name: name, Arguments: json.RawMessage("{" + strings.Join(arguments, ", ") + "}")}
}

func quoted(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

var qwen3 = sync.OnceValues(func() (*tokenizer.Tokenizer, error) { return tokenizer.New(vocab.Qwen3()) })

// A turn with random calls is written, turned into tokens and back, and read in random pieces:
// the same calls come out.
func TestCallsReturn(t *testing.T) {
	tokens, err := qwen3()
	if err != nil {
		t.Fatal(err)
	}
	const rounds = 250
	for _, name := range chat.Names() {
		f, err := chat.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		calls := 0
		for seed := range uint64(rounds) {
			r := random{rand.New(rand.NewPCG(seed, 9))}
			request := &llm.Request{Messages: []llm.Message{{Role: llm.User, Text: r.text()}}}
			turn := llm.Message{Role: llm.Assistant}
			if seed%2 == 0 {
				turn.Text, turn.Thought = "I do it.", "I do it."
			}
			if seed%3 == 0 && turn.Thought == "" {
				request.Thinking = &llm.Thinking{Off: true}
			}
			most := 3
			if name == "react" || name == "turn" { // one call at a time
				most = 1
			}
			for i := range 1 + r.IntN(most) {
				tool, call := r.tool(fmt.Sprint(r.name(), i))
				request.Tools = append(request.Tools, tool)
				turn.Calls = append(turn.Calls, call)
			}
			written := turnOf(t, f, request, turn)
			var got []llm.Call
			parser := f.Parser(request)
			take := func(chunks []llm.Chunk) {
				for _, c := range chunks {
					if c.Call != nil {
						got = append(got, *c.Call)
					}
				}
			}
			for _, piece := range r.pieces(throughTokens(tokens, written)) {
				take(parser.Write(piece))
			}
			take(parser.Close())
			if diff := cmp.Diff(plainCalls(t, turn.Calls), plainCalls(t, got)); diff != "" {
				t.Fatalf("%s, seed %d, written %q: %s", name, seed, chat.Join(written), diff)
			}
			calls += len(got)
		}
		if calls < rounds {
			t.Errorf("%s: %d calls in %d turns", name, calls, rounds)
		}
	}
}

// turnOf returns what a model writes for a turn: what stands in the next prompt behind the
// prompt that it answers.
func turnOf(t *testing.T, f chat.Format, r *llm.Request, turn llm.Message) []chat.Segment {
	t.Helper()
	before, err := f.Render(r)
	if err != nil {
		t.Fatal(err)
	}
	next := *r
	next.Messages = append(next.Messages[:1:1], turn)
	after, err := f.Render(&next)
	if err != nil {
		t.Fatal(err)
	}
	from, to := chat.Join(before), chat.Join(after)
	if !strings.HasPrefix(to, from) {
		t.Fatalf("%s: %q does not go on from %q", f.Name(), to, from)
	}
	end := strings.TrimSuffix(to, "<|im_end|>\n<|im_start|>assistant\n")
	end = strings.TrimSuffix(end, "<|im_end|>\n<|im_start|>assistant\n<think>\n") // a new turn in which the model thinks
	end = strings.TrimSuffix(end, "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n")
	var written []chat.Segment
	for at := 0; len(after) > 0; after = after[1:] {
		s := after[0]
		begin, stop := max(at, len(from)), min(at+len(s.Text), len(end))
		if begin < stop {
			written = append(written, chat.Segment{Text: to[begin:stop], Special: s.Special})
		}
		at += len(s.Text)
	}
	return written
}

// throughTokens encodes segments and decodes the tokens one by one.
func throughTokens(tokens *tokenizer.Tokenizer, segments []chat.Segment) []string {
	var ids []int32
	for _, s := range segments {
		if id, ok := tokens.Special(s.Text); ok && s.Special {
			ids = append(ids, id)
		} else {
			ids = tokens.Encode(ids, s.Text)
		}
	}
	decoder := tokens.NewDecoder()
	var texts []string
	for _, id := range ids {
		texts = append(texts, decoder.Write(id))
	}
	return append(texts, decoder.Flush())
}

// pieces cuts texts and joins them at random places.
func (r random) pieces(texts []string) []string {
	all := strings.Join(texts, "")
	if r.IntN(3) == 0 {
		return texts
	}
	var out []string
	for all != "" {
		n := min(len(all), 1+r.IntN(12))
		out = append(out, all[:n])
		all = all[n:]
	}
	return out
}

// plainCalls returns the names and the arguments of calls, decoded.
func plainCalls(t *testing.T, calls []llm.Call) []string {
	t.Helper()
	var out []string
	for _, c := range calls {
		var v any
		if err := json.Unmarshal(c.Arguments, &v); err != nil {
			t.Fatalf("arguments %q: %v", c.Arguments, err)
		}
		out = append(out, c.Name+" "+quoted(v))
	}
	return out
}

// Every special and added token of Qwen3, spelled out in every place where a stranger writes,
// is text for the tokenizer: the prompt has the special tokens that the format put there.
func TestSpecialTokensOfVocabulary(t *testing.T) {
	tokens, err := qwen3()
	if err != nil {
		t.Fatal(err)
	}
	all := vocab.Qwen3().Tokens[151643:]
	if len(all) != 26 {
		t.Fatalf("there are %d special tokens", len(all))
	}
	special := map[int32]bool{}
	for _, s := range all {
		id, ok := tokens.Special(s)
		if !ok {
			t.Fatalf("%s is no special token", s)
		}
		special[id] = true
	}
	for _, name := range chat.Names() {
		f, err := chat.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range all {
			key := quoted(s)
			schema := json.RawMessage(`{"type": "object", "properties": {` + key + `: {"type": "string", "description": ` + key + `, "enum": [` + key + `]}}, ` + key + `: 1}`)
			call := llm.Call{Name: s, Arguments: json.RawMessage(`{` + key + `: ` + key + `}`)}
			segments, err := f.Render(&llm.Request{
				Tools: []llm.Tool{{Name: s, Description: s, Parameters: schema}, {Name: "python", Description: s, Code: &llm.Code{Language: s, Parameter: "code"}}},
				Messages: []llm.Message{
					{Role: llm.System, Text: s}, {Role: llm.User, Text: s + "\n" + s},
					{Role: llm.Assistant, Thought: s, Text: "x" + s, Calls: []llm.Call{call}}, {Role: llm.Observer, Name: s, Text: s},
					{Role: llm.Assistant, Calls: []llm.Call{{Name: "python", Arguments: json.RawMessage(`{"code": ` + key + `}`)}}}, {Role: llm.Observer, Text: s, Failed: true},
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			meant, found := 0, 0
			var ids []int32
			for _, s := range segments {
				if id, ok := tokens.Special(s.Text); ok && s.Special {
					meant++
					ids = append(ids, id)
				} else {
					ids = tokens.Encode(ids, s.Text)
				}
			}
			for _, id := range ids {
				if special[id] {
					found++
				}
			}
			plain := strings.Count(chat.Join(segments), s)
			if found != meant || plain < 9 {
				t.Errorf("%s, %s: %d special tokens, %d are meant; it stands there %d times", name, s, found, meant, plain)
			}
		}
	}
}
