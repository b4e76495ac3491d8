package grammar

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qwen-agent/qwen-agent/llm"
)

// dataFile opens a file of the shared data, or skips the test.
func dataFile(tb testing.TB, name string) *os.File {
	tb.Helper()
	dir := os.Getenv("QWEN_AGENT_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		tb.Skipf("shared data: %v (QWEN_AGENT_DATA names the folder)", err)
	}
	tb.Cleanup(func() { f.Close() })
	return f
}

var real struct {
	sync.Once
	v *Vocabulary
}

// realVocabulary is the vocabulary of Qwen; the tokens that are not text are nil.
func realVocabulary(tb testing.TB) *Vocabulary {
	f := dataFile(tb, "qwen.tiktoken")
	real.Do(func() {
		tokens := make([][]byte, 151936)
		for s := bufio.NewScanner(f); s.Scan(); {
			word, rank, _ := strings.Cut(s.Text(), " ")
			id, err := strconv.Atoi(rank)
			if err == nil {
				tokens[id], err = base64.StdEncoding.DecodeString(word)
			}
			if err != nil {
				panic(err)
			}
		}
		real.v = NewVocabulary(tokens)
	})
	if real.v == nil {
		tb.Fatal("qwen.tiktoken was not read")
	}
	return real.v
}

// bfclSchemas are the parameters of the functions of BFCL, Python's types as those of
// JSON Schema, in the order of the files and without repeats.
func bfclSchemas(tb testing.TB) [][]byte {
	var out [][]byte
	seen := map[string]bool{}
	for _, name := range []string{"simple_python", "multiple", "parallel", "parallel_multiple", "irrelevance"} {
		s := bufio.NewScanner(dataFile(tb, "bfcl/"+name+".jsonl"))
		s.Buffer(nil, 1<<20)
		for s.Scan() {
			var item struct {
				Function []struct{ Parameters json.RawMessage }
			}
			if err := json.Unmarshal(s.Bytes(), &item); err != nil {
				tb.Fatal(err)
			}
			for _, f := range item.Function {
				v, err := parseJSON(f.Parameters)
				if err != nil {
					tb.Fatal(err)
				}
				if schema := pythonic(&v).canonical(); !seen[schema] {
					seen[schema] = true
					out = append(out, []byte(schema))
				}
			}
		}
	}
	return out
}

// pythonic returns a schema of BFCL as one of JSON Schema.
func pythonic(v *value) *value {
	out := value{kind: isObject}
	for _, m := range v.members {
		switch m.name {
		case "optional": // BFCL's own
			continue
		case "type":
			switch m.value.text {
			case "any":
				continue
			case "dict":
				m.value.text = "object"
			case "float":
				m.value.text = "number"
			case "tuple":
				m.value.text = "array"
			}
		case "items":
			m.value = *pythonic(&m.value)
		case "properties":
			for i := range m.value.members {
				p := &m.value.members[i]
				p.value = *pythonic(&p.value)
			}
		}
		out.members = append(out.members, m)
	}
	return &out
}

func TestBFCLSchemas(t *testing.T) {
	schemas := bfclSchemas(t)
	if len(schemas) < 1000 {
		t.Fatalf("%d schemas, want more than 1000", len(schemas))
	}
	v := realVocabulary(t)
	r := rand.New(rand.NewPCG(2, 2))
	mask := make([]uint64, v.words())
	for i, schema := range schemas {
		g, err := Schema(schema)
		if err != nil {
			t.Errorf("%s: %v", schema, err)
			continue
		}
		if testing.Short() && i%20 != 0 {
			continue
		}
		text, _ := write(t, g.Matcher(v), r, mask)
		if err := judge(t, schema, text); err != nil {
			t.Errorf("%s under %s: %v", text, schema, err)
		}
	}
}

// spread has times and says how they are spread.
type spread []time.Duration

func (s spread) report(b *testing.B, unit string) {
	slices.Sort(s)
	sum := time.Duration(0)
	for _, d := range s {
		sum += d
	}
	us := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }
	b.ReportMetric(us(sum)/float64(len(s)), "µs-mean/"+unit)
	b.ReportMetric(us(s[len(s)*95/100]), "µs-p95/"+unit)
	b.ReportMetric(us(s[len(s)*99/100]), "µs-p99/"+unit)
	b.ReportMetric(us(s[len(s)-1]), "µs-max/"+unit)
}

func BenchmarkCompileBFCL(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	schemas := bfclSchemas(b)
	var all spread
	for b.Loop() {
		for _, schema := range schemas {
			start := clock()
			if _, err := Schema(schema); err != nil {
				b.Fatal(err)
			}
			all = append(all, clock()-start)
		}
	}
	all.report(b, "schema")
}

// BenchmarkMaskBFCL makes the mask of every token of a text for every schema of BFCL.
// Each grammar is fresh, as it is for the first request with a tool; the text is a
// valid instance whose strings are words, in tokens as long as fit.
func BenchmarkMaskBFCL(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	schemas, v := bfclSchemas(b), realVocabulary(b)
	mask := make([]uint64, v.words())
	var masks, allows, accepts spread
	for b.Loop() {
		r := rand.New(rand.NewPCG(3, 3))
		for _, schema := range schemas {
			g, err := Schema(schema)
			if err != nil {
				b.Fatal(err)
			}
			s, _ := parseJSON(schema)
			text := instance(r, &s).canonical()
			m := g.Matcher(v)
			for text != "" {
				start := clock()
				m.Mask(mask)
				masks = append(masks, clock()-start)
				id := longest(v, text)
				start = clock()
				if !m.Allows(id) {
					b.Fatalf("%q is not allowed before %q under %s", v.tokens[id], text, schema)
				}
				allows = append(allows, clock()-start)
				start = clock()
				if err := m.Accept(id); err != nil {
					b.Fatal(err)
				}
				accepts = append(accepts, clock()-start)
				text = text[len(v.tokens[id]):]
			}
		}
	}
	masks.report(b, "mask")
	allows.report(b, "allows")
	accepts.report(b, "accept")
}

// BenchmarkMaskTurn makes the masks of turns with a long thought and a long answer.
func BenchmarkMaskTurn(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	v := realVocabulary(b)
	mask := make([]uint64, v.words())
	words := strings.Repeat("the total of all rows, ", 8)
	texts := []string{
		`{"thought": "` + words + `", "answer": "` + strings.Repeat(words, 20) + `"}`,
		`{"thought": "` + words + `", "tool": "calc", "arguments": {"expr": "` + words + `"}}`,
		"{\"thought\": \"" + words + "\", \"tool\": \"python\"}\n```python\n" + strings.Repeat("print(\""+words+"\")\n", 10) + "```",
	}
	var masks spread
	for b.Loop() {
		g, err := Turn(TurnSpec{Tools: []llm.Tool{calcTool, pythonTool}, Answer: true})
		if err != nil {
			b.Fatal(err)
		}
		for _, text := range texts {
			m := g.Matcher(v)
			for text != "" {
				start := clock()
				m.Mask(mask)
				masks = append(masks, clock()-start)
				id := longest(v, text)
				if err := m.Accept(id); err != nil {
					b.Fatal(err)
				}
				text = text[len(v.tokens[id]):]
			}
		}
	}
	masks.report(b, "mask")
}

func BenchmarkNewVocabulary(b *testing.B) {
	v := realVocabulary(b)
	for b.Loop() {
		NewVocabulary(v.tokens)
	}
}

// longest returns the longest token that text begins with.
func longest(v *Vocabulary, text string) int32 {
	t := &v.all
	best := int32(-1)
	for i := int32(0); i < int32(len(t.nodes)-1); {
		n := &t.nodes[i]
		if int(n.depth) > len(text) || text[n.depth-1] != n.b {
			i = n.skip
			continue
		}
		if next := t.nodes[i+1].first; next > n.first {
			best = t.order[n.first]
		}
		i++
		if n.skip == i {
			break
		}
	}
	return best
}

func TestLongest(t *testing.T) {
	v := realVocabulary(t)
	if got := v.tokens[longest(v, ` "hello world"`)]; !bytes.Equal(got, []byte(` "`)) {
		t.Errorf("got %q", got)
	}
}
